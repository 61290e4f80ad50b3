const WINDOW = 2000;

/** What a screen reader is told: at most one thing in two seconds, a burst of messages as their number. */
export class Announcer {
  #say;
  #count;
  #waiting = [];
  #messages = [];
  #timer = null;

  /** `say(text)` speaks; `count(n)` puts "5 new messages" into words. */
  constructor({ say, count }) {
    this.#say = say;
    this.#count = count;
  }

  /** A message has come; `text` is who and what. */
  message(text) {
    this.#messages.push(text);
    this.#soon();
  }

  /** Something else is worth saying. The same sentence twice in a row waits once. */
  tell(text) {
    if (this.#waiting.at(-1) !== text) this.#waiting.push(text);
    this.#soon();
  }

  close() {
    clearTimeout(this.#timer);
  }

  #soon() {
    if (this.#timer === null) this.#next();
  }

  #next() {
    this.#timer = null;
    const text = this.#waiting.shift() ?? this.#heap();
    if (text === null) return;

    this.#say(text);
    this.#timer = setTimeout(() => this.#next(), WINDOW);
  }

  #heap() {
    const heap = this.#messages.splice(0);
    if (!heap.length) return null;
    return heap.length === 1 ? heap[0] : this.#count(heap.length);
  }
}
