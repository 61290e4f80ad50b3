/** A place on the axis of charts: which of so many equal parts somebody points at. */

/** The part under a pointer, `x` pixels from the start of a plot that is `width` wide. */
export function partAt(x, width, length) {
  if (!length || width <= 0) return null;
  return Math.min(length - 1, Math.max(0, Math.floor((x / width) * length)));
}

/** The part that a key leads to from part `at`, null to leave; undefined where the key means nothing here. */
export function partBy(key, at, length) {
  const last = length - 1;
  const from = at ?? length;
  const parts = {
    ArrowLeft: from - 1, ArrowRight: from + 1, PageUp: from - 10, PageDown: from + 10, Home: 0, End: last, Escape: null,
  };
  if (!(key in parts)) return undefined;
  return parts[key] === null ? null : Math.min(last, Math.max(0, parts[key]));
}

/** Where the middle of a part stands, in per cent. */
export function middleOf(part, length) {
  return `${(((part + 0.5) / length) * 100).toFixed(2)}%`;
}
