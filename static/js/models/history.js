const PAGE = 50;
const LEAP = 200;

/** Fetches what lies before the loaded messages, and single messages that others reply to. */
export class History {
  #fetch;
  #log;
  #changed;
  #sources;
  #asked = new Set();
  #loading = null;

  /** `fetch(path)` asks the API below the room's messages; `sources` are messages known at the start. */
  constructor({ fetch, log, sources = [], changed }) {
    this.#fetch = fetch;
    this.#log = log;
    this.#changed = changed;
    this.#sources = new Map(sources.map((message) => [message.message_id, message]));
  }

  get loading() {
    return this.#loading !== null;
  }

  /** Fetch the page before the oldest message; one at a time. Throws what the API throws. */
  earlier(limit = PAGE) {
    if (!this.#log.more) return Promise.resolve();
    this.#loading ??= this.#load(limit).finally(() => {
      this.#loading = null;
      this.#changed();
    });
    return this.#loading;
  }

  /** Fetch as far back as this seq. */
  async reach(seq) {
    while (this.#log.more && this.#log.oldest > seq) await this.earlier(LEAP);
  }

  /** The message with this id, or null while it is being fetched or where there is none. */
  source(messageId) {
    const known = this.#log.find(messageId) ?? this.#sources.get(messageId);
    if (!known && !this.#asked.has(messageId)) this.#ask(messageId);
    return known ?? null;
  }

  async #load(limit) {
    this.#changed();
    const { results, more } = await this.#fetch(`?before=${this.#log.oldest}&limit=${limit}`);
    this.#log.prepend(results, more);
  }

  async #ask(messageId) {
    this.#asked.add(messageId);
    try {
      this.#sources.set(messageId, await this.#fetch(`${messageId}/`));
      this.#changed();
    } catch {
      this.#asked.delete(messageId); // asked again with the next drawing that needs it
    }
  }
}
