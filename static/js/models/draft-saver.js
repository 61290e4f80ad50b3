const PAUSE = 900; // milliseconds after the last key
const AGAIN = 5000; // milliseconds after a saving that failed

/** Saves what is typed, a moment after the last key and never two at a time.
 *
 * `send()` promises `{ok, said, final}`: `said` is a sentence for the person, `final` says that trying again is no use.
 * `tell(sentence, ok)` hears of every outcome.
 */
export class DraftSaver {
  #send;
  #tell;
  #set;
  #clear;
  #timer = null;
  #way = null;
  #typed = false;

  constructor({ send, tell, set = setTimeout, clear = clearTimeout }) {
    this.#send = send;
    this.#tell = tell;
    this.#set = (...given) => set(...given);
    this.#clear = (...given) => clear(...given);
  }

  /** Something was typed. */
  touch() {
    this.#typed = true;
    this.#later(PAUSE);
  }

  /** Is something typed that the server does not have, or on its way to it? */
  get behind() {
    return this.#typed || this.#way !== null;
  }

  /** Save now what was typed; fulfilled when nothing is on its way any more. */
  async flush() {
    this.#clear(this.#timer);
    if (this.#way) await this.#way;
    if (this.#typed) await this.#save();
  }

  /** What is typed is sent by somebody else: save nothing more, and wait for what is on its way. */
  async rest() {
    this.#clear(this.#timer);
    this.#typed = false;
    if (this.#way) await this.#way;
  }

  #later(pause) {
    this.#clear(this.#timer);
    this.#timer = this.#set(() => this.#way ?? this.#save(), pause);
  }

  #save() {
    this.#typed = false;
    this.#way = this.#sent().finally(() => { this.#way = null; });
    return this.#way;
  }

  async #sent() {
    const { ok, said, final } = await this.#send();
    this.#tell(said, ok);
    if (ok) {
      if (this.#typed) this.#later(PAUSE);
    } else if (!final) {
      this.#typed = true;
      this.#later(AGAIN);
    }
  }
}
