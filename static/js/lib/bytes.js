// Sizes and times as Django writes them beside: "4.2 MB", "5 s left".

const UNITS = [[1_073_741_824, "GB"], [1_048_576, "MB"], [1024, "KB"]];

/** "4.2 MB"; the units are those of `filesizeformat`. */
export function bytes(number) {
  const language = document.documentElement.lang;
  const [size, unit] = UNITS.find(([least]) => number >= least) ?? [1, "B"];
  const digits = size === 1 ? 0 : 1;
  const written = (number / size).toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${written}\u00a0${unit}`;
}

/** "5 s left", "3 min left" */
export function seconds(left) {
  return left < 90
    ? interpolate(gettext("%s s left"), [left])
    : interpolate(gettext("%s min left"), [Math.round(left / 60)]);
}
