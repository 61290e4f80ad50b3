import { Backoff } from "./backoff.js";

export const PART = 1_048_576; // bytes in one request: as much as a connection that breaks may cost
const LATER = new Set([0, 429, 502, 503, 504]); // no answer, or not now: the same again may work

/** One file on its way in parts. Whatever breaks off goes on where the server says it stopped.
 *
 * `wire` speaks with the server: `begin({name, size})` → place, `offset(place)` → bytes, `send({place, offset, part,
 * progress, signal})` → bytes, `drop(place)`. They throw errors with `status`, `code` and `retryAfter` (seconds), status 0 where there was
 * no answer. `changed(this)` follows `state` ("sending", "waiting", "whole"), `sent` and `secondsLeft`; `wait(ms)` may
 * be cut short, and `now()` is in milliseconds.
 */
export class Upload {
  #file;
  #wire;
  #changed;
  #wait;
  #now;
  #backoff;
  #stop = new AbortController();
  #since = null;

  state = "sending";
  sent = 0;

  constructor({ file, place = null, wire, changed, wait, now = Date.now, backoff = new Backoff() }) {
    Object.assign(this, { place });
    this.#file = file;
    this.#wire = wire;
    this.#changed = changed;
    this.#wait = wait;
    this.#now = now;
    this.#backoff = backoff;
  }

  get name() {
    return this.#file.name;
  }

  get size() {
    return this.#file.size;
  }

  get stopped() {
    return this.#stop.signal.aborted;
  }

  /** Whole seconds until the file is there, as fast as it has gone since it last began; null until that can be told. */
  get secondsLeft() {
    const { at, from } = this.#since ?? {};
    const seconds = (this.#now() - at) / 1000;
    return this.sent > from && seconds >= 1 ? Math.ceil((this.size - this.sent) / ((this.sent - from) / seconds)) : null;
  }

  /** Send all of it; promises the place of the whole upload, or null where it was stopped. Throws what is final. */
  async run() {
    let known = this.place === null; // is it known how much the server has?
    while (!this.stopped) {
      try {
        if (!this.place) await this.#begin();
        else if (!known) this.#reached(await this.#wire.offset(this.place));
        known = true;
        this.#enter("sending");
        while (this.sent < this.size && !this.stopped) await this.#part();
        if (this.stopped) break;
        this.#enter("whole");
        return this.place;
      } catch (refusal) {
        if (this.stopped) break;
        known = false;
        await this.#afterRefusal(refusal);
      }
    }
    return null;
  }

  /** Give it up; what is there already goes. */
  async stop() {
    this.#stop.abort();
    if (this.place) await this.#wire.drop(this.place).catch(() => {}); // the server forgets it in a day
  }

  async #begin() {
    this.place = await this.#wire.begin({ name: this.name, size: this.size });
    this.#reached(0);
  }

  async #part() {
    const offset = this.sent;
    this.#since ??= { at: this.#now(), from: offset };
    const part = this.#file.slice(offset, offset + PART);
    const progress = (bytes) => this.#reached(offset + Math.min(bytes, part.size));
    this.#reached(await this.#wire.send({ place: this.place, offset, part, progress, signal: this.#stop.signal }));
    this.#backoff.reset();
  }

  async #afterRefusal(refusal) {
    const { status, code, retryAfter } = refusal;
    if (code === "wrong_offset" || status === 460) return; // asks where it goes on, and goes on there
    if (status === 404 && this.place) {
      this.place = null; // a day has gone by: from the beginning
      return;
    }
    if (!LATER.has(status)) throw refusal;
    this.#enter("waiting");
    await this.#wait(retryAfter ? retryAfter * 1000 : this.#backoff.next());
  }

  #enter(state) {
    if (state !== this.state) this.#since = null;
    this.state = state;
    this.#changed(this);
  }

  #reached(bytes) {
    this.sent = bytes;
    this.#changed(this);
  }
}
