const EVERY = 64;
const AFTER = 250;

/** Tells the server how far this page has come: every 64 frames, and a quarter of a second after the last. */
export class AckMeter {
  #send;
  #count = 0;
  #newest = 0;
  #timer = null;

  /** `send` is called with the number to acknowledge. */
  constructor(send) {
    this.#send = send;
  }

  got(n) {
    this.#newest = Math.max(this.#newest, n);
    this.#count += 1;
    if (this.#count >= EVERY) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), AFTER);
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#count = 0;
  }

  #flush() {
    this.close();
    this.#send(this.#newest);
  }
}
