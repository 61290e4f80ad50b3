// Values of settings with their units, as camera/words.py writes them.

const language = document.documentElement.lang;
const CODECS = { h264: "H.264", jpeg: "JPEG" };

/** "2.4 Mb/s", "× 1.20", "+10", "640 × 480", "2 s". */
export function amount(name, value) {
  if (value === undefined || value === null || value === "") return gettext("nothing");
  if (typeof value === "boolean") return value ? gettext("on") : gettext("off");
  if (name === "codec") return CODECS[value] ?? value;
  if (name === "resolution") return String(value).replace("x", " × ");
  if ((name === "exposure_us" || name === "focus") && value === 0) return gettext("automatic");
  return measured(name, value);
}

/** A number as people of this language write it, with so many digits after the point, and at least so many. */
export function written(value, digits = 0, least = digits) {
  return value.toLocaleString(language, { minimumFractionDigits: least, maximumFractionDigits: digits, useGrouping: false });
}

/** "2.41 Mb/s", "400 kb/s" */
export function rate(bits) {
  return bits >= 1_000_000 ? `${written(bits / 1_000_000, 2)} Mb/s` : `${written(bits / 1000)} kb/s`;
}

function measured(name, value) {
  switch (name) {
    case "bitrate_bps": return rate(value);
    case "keyframe_interval_ms": return `${written(value / 1000, 2, 0)} s`;
    case "exposure_us": return `${written(value / 1000, 1, 0)} ms`;
    case "contrast":
    case "saturation": return `× ${written(value, 2)}`;
    case "sharpness": return signed(value, 2);
    case "brightness": return signed(value, 0);
    case "rotation": return `${written(value)}°`;
    default: return written(value);
  }
}

function signed(value, digits) {
  return (value > 0 ? "+" : value < 0 ? "−" : "") + written(Math.abs(value), digits, 0);
}
