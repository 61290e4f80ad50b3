const SHOWN = 6000;
const SAID_EVERY = 3000;

/** Who is writing just now. A person who falls silent is forgotten after a few seconds. */
export class TypingTracker {
  #tell;
  #timers = new Map();

  /** `tell` is called with the list of user names whenever it changes. */
  constructor(tell) {
    this.#tell = tell;
  }

  heard(user) {
    const known = this.#timers.has(user);
    clearTimeout(this.#timers.get(user));
    this.#timers.set(user, setTimeout(() => this.stopped(user), SHOWN));
    if (!known) this.#say();
  }

  /** The person's message has come, or the person has gone. */
  stopped(user) {
    clearTimeout(this.#timers.get(user));
    if (this.#timers.delete(user)) this.#say();
  }

  close() {
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers.clear();
  }

  #say() {
    this.#tell([...this.#timers.keys()]);
  }
}

/** When to tell the others that I am writing: at once, then every few seconds while I go on. */
export class TypingSignal {
  #last = -Infinity;

  due() {
    const now = Date.now();
    if (now - this.#last < SAID_EVERY) return false;
    this.#last = now;
    return true;
  }

  reset() {
    this.#last = -Infinity;
  }
}
