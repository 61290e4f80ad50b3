const TOGETHER = 300;

/** Tells the server how far this person has read and received; each only forward, and reading says receiving too. */
export class ReadMarks {
  #send;
  #read;
  #delivered;
  #timer = null;

  /** `send(type, seq)` gives false when it cannot be sent now; `read` and `delivered` are what the server knows. */
  constructor({ send, read, delivered }) {
    this.#send = send;
    this.#read = read;
    this.#delivered = Math.max(delivered, read);
  }

  get read() {
    return this.#read;
  }

  /** The person has seen the message with this seq. */
  seen(seq) {
    if (seq > this.#read && this.#send("read", seq)) {
      this.#read = seq;
      this.#delivered = Math.max(this.#delivered, seq);
    }
  }

  /** A message is here; unless it is read in the same moment, the server is told so. */
  got(seq) {
    if (seq <= this.#delivered) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (seq > this.#delivered && this.#send("delivered", seq)) this.#delivered = seq;
    }, TOGETHER);
  }

  /** The server knows this much and no more: what was told to a socket that was dead already is told again. */
  known({ read, delivered }) {
    this.#read = read;
    this.#delivered = Math.max(delivered, read);
  }

  /** Another device of the person has read up to here. */
  heard(seq) {
    this.#read = Math.max(this.#read, seq);
    this.#delivered = Math.max(this.#delivered, seq);
  }

  close() {
    clearTimeout(this.#timer);
  }
}
