const RECENT = 2000;
const BIN = 5000;
const SPAN = 600_000;

/** How long pictures are under way, in milliseconds: now, and over the last ten minutes. */
export class Delay {
  #recent = [];
  #bins = []; // {at, ms}: the median of five seconds each
  #bin = [];
  #begun = null;

  add(ms, now) {
    this.#recent.push({ ms, now });
    while (this.#recent[0].now < now - RECENT) this.#recent.shift();
    this.#begun ??= now;
    if (now - this.#begun >= BIN) this.#close(now);
    this.#bin.push(ms);
  }

  /** The value that `share` of the last two seconds' pictures stay below; null without any. */
  quantile(share) {
    return quantile(this.#recent.map(({ ms }) => ms), share);
  }

  /** `{at, ms}` of the last ten minutes, oldest first. */
  get series() {
    return this.#bins;
  }

  #close(now) {
    this.#bins.push({ at: this.#begun, ms: quantile(this.#bin, 0.5) });
    while (this.#bins[0].at < now - SPAN) this.#bins.shift();
    this.#bin = [];
    this.#begun = now;
  }
}

/** Nearest rank. */
export function quantile(values, share) {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}
