const WINDOW = 2000;

/** What comes in: pictures and bits a second over the last two seconds, and what was left out. */
export class Figures {
  #recent = [];
  #frames = 0;
  #byServer = 0;
  #here = 0;

  /** A picture of so many bytes is shown. */
  shown(bytes, now) {
    this.#frames += 1;
    this.#recent.push({ bytes, now });
    this.#trim(now);
  }

  /** The server has left out `total` since the socket opened. */
  leftOut(total) {
    this.#byServer = total;
  }

  /** This page has thrown one away: it lags, or lacks the keyframe. */
  discarded() {
    this.#here += 1;
  }

  /** Another socket counts from nothing; what was lost stays lost. */
  restart() {
    this.#here += this.#byServer;
    this.#byServer = 0;
    this.#recent = [];
  }

  get frames() {
    return this.#frames;
  }

  get dropped() {
    return this.#byServer + this.#here;
  }

  /** Pictures a second. */
  rate(now) {
    this.#trim(now);
    return this.#recent.length / (this.#span(now) / 1000);
  }

  /** Bits a second. */
  bits(now) {
    this.#trim(now);
    return this.#recent.reduce((sum, { bytes }) => sum + bytes * 8, 0) / (this.#span(now) / 1000);
  }

  #span(now) {
    return this.#frames > this.#recent.length ? WINDOW : Math.min(WINDOW, Math.max(500, now - (this.#recent[0]?.now ?? now)));
  }

  #trim(now) {
    while (this.#recent.length && this.#recent[0].now <= now - WINDOW) this.#recent.shift();
  }
}
