const KEPT = 8;

/** How far the server's clock is from this page's, told by heartbeats as NTP does (RFC 5905, section 8).
 *
 * Of the last eight the quickest counts: it waited least, so it errs least. Milliseconds.
 */
export class Clocks {
  #samples = [];

  /** A heartbeat left here at `sent`, came there at `received`, was answered there at `answered` and is here `now`. */
  heard({ sent, received, answered, now }) {
    const roundTrip = Math.max(0, now - sent - (answered - received));
    const offset = (received - sent + (answered - now)) / 2;
    this.#samples.push({ roundTrip, offset });
    if (this.#samples.length > KEPT) this.#samples.shift();
  }

  get known() {
    return this.#samples.length > 0;
  }

  /** The server's clock less this page's. */
  get offset() {
    return this.known ? this.#best().offset : 0;
  }

  get roundTrip() {
    return this.known ? this.#best().roundTrip : 0;
  }

  /** After a break the way may be another one. */
  forget() {
    this.#samples = [];
  }

  #best() {
    return this.#samples.reduce((best, sample) => (sample.roundTrip < best.roundTrip ? sample : best));
  }
}
