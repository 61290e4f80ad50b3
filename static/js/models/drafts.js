const SERVER_AFTER = 2000;

/** Keeps what is being written in a room: on this device at once, on the server when the writer pauses.
 *
 * A record is `{user, room, text, saved}`; `saved` says that the server has the same.
 */
export class DraftKeeper {
  #store;
  #put;
  #key;
  #text = "";
  #atServer = "";
  #timer = null;
  #way = null;

  /** `store` has get, put and delete; `put(text, leaving)` stores at the server and throws when it cannot. */
  constructor({ store, put, user, room }) {
    this.#store = store;
    this.#put = put;
    this.#key = { user, room };
  }

  /** What to show at first: what this device has and the server has not yet, else what the server has. */
  async restore(serverText) {
    const kept = await this.#store.get(this.#key.user, this.#key.room);
    this.#atServer = serverText;
    this.#text = kept && !kept.saved ? kept.text : serverText;
    if (kept && !kept.saved) this.#later();
    return this.#text;
  }

  /** The text has changed to this. Resolves once the device has it. */
  async write(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.#later();
    await this.#keep(false);
  }

  /** Give the server what it lacks, now, one text at a time: it keeps the last. `leaving` while the page goes away. */
  async flush(leaving = false) {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;

    const before = this.#way;
    if (before && leaving) this.#put(this.#text, true).catch(() => {}); // the page may not live until its turn comes
    const turn = before ? before.then(() => this.#give(leaving)) : this.#give(leaving);
    const way = turn.catch(() => {}).then(() => { if (this.#way === way) this.#way = null; });
    this.#way = way;
    await turn;
  }

  async #give(leaving) {
    const text = this.#text;
    try {
      if (text !== this.#atServer) await this.#put(text, leaving);
    } catch {
      this.#atServer = null; // it may have arrived all the same
      return; // kept on the device as unsaved, so the next visit brings it to the server
    }
    this.#atServer = text;
    if (text === this.#text) await this.#keep(true);
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), SERVER_AFTER);
  }

  async #keep(saved) {
    const { user, room } = this.#key;
    if (saved && !this.#text) await this.#store.delete(user, room);
    else await this.#store.put({ user, room, text: this.#text, saved });
  }
}
