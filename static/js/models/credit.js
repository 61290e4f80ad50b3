const EVERY = 2;
const AFTER = 30;

/** Tells the server how many pictures this page has dealt with, so that it sends no more than the page keeps up with:
 * after every second one, and 30 ms after the last. */
export class Credit {
  #send;
  #taken = 0;
  #told = 0;
  #paused = false;
  #timer = null;

  /** `send({received, paused})` carries it. */
  constructor(send) {
    this.#send = send;
  }

  get taken() {
    return this.#taken;
  }

  /** One more picture is shown, or given up. */
  took() {
    this.#taken += 1;
    if (this.#taken - this.#told >= EVERY) this.#tell();
    else this.#timer ??= setTimeout(() => this.#tell(), AFTER);
  }

  /** Send no pictures until this is called with false. */
  pause(paused) {
    this.#paused = paused;
    this.#tell();
  }

  /** Another socket: it counts from nothing. */
  restart() {
    this.close();
    this.#taken = this.#told = 0;
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tell() {
    this.close();
    this.#told = this.#taken;
    this.#send({ received: this.#taken, paused: this.#paused });
  }
}
