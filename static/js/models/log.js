/** A room's messages as this page knows them, applied strictly by change number.
 *
 * Messages are plain objects as the API gives them: `message_id`, `n`, `seq`, `rev`, `user`, `message` (null once
 * deleted), `at`, `changed_at`, `deleted`, `reply_to`, `cid`. They are replaced and never altered, so that a view
 * may compare by identity.
 */
export class RoomLog {
  #head;
  #more;
  #messages = [];
  #byId = new Map();

  /** `head` is the last number the page was rendered with, `more` whether older messages exist. */
  constructor({ head, messages = [], more = false }) {
    this.#head = head;
    this.#more = more;
    messages.forEach((message) => this.#place(message));
  }

  get head() {
    return this.#head;
  }

  get more() {
    return this.#more;
  }

  /** Ascending by seq. */
  get messages() {
    return this.#messages;
  }

  get oldest() {
    return this.#messages[0]?.seq ?? null;
  }

  get newest() {
    return this.#messages.at(-1)?.seq ?? 0;
  }

  find(messageId) {
    return this.#byId.get(messageId) ?? null;
  }

  /** Take one numbered frame: "applied" when it was next, "past" when known, "gap" when something is missing. */
  apply(frame) {
    const [first, last] = frame.type === "passed" ? [frame.from, frame.to] : [frame.n, frame.n];
    if (last <= this.#head) return "past";
    if (first > this.#head + 1) return "gap";

    this.#head = last;
    if (frame.type === "add") this.#added(frame);
    if (frame.type === "edit") this.#changed(frame, { message: frame.message });
    if (frame.type === "delete") this.#changed(frame, { message: null, deleted: true });
    return "applied";
  }

  /** Put a page of history before what is there. */
  prepend(messages, more) {
    this.#more = more;
    messages.forEach((message) => this.#place(message));
  }

  #added(frame) {
    // A replay may bring the present state of a message from history that is not loaded: it comes with its page.
    if (this.#unloaded(frame.seq)) return;

    const { type, ...message } = frame;
    const changed = message.rev > 1 ? message.at : null;
    this.#place({ changed_at: changed, deleted: false, reply_to: null, ...message });
  }

  #changed(frame, change) {
    const known = this.#byId.get(frame.message_id) ?? this.#missed(frame);
    if (!known || frame.rev <= known.rev) return;

    this.#place({ ...known, ...change, n: frame.n, rev: frame.rev, changed_at: frame.at });
  }

  // Written and deleted while this page was away: only its tombstone comes, without the time of its birth.
  #missed(frame) {
    if (frame.type !== "delete" || this.#unloaded(frame.seq)) return null;

    const { message_id, seq, user } = frame;
    const at = this.#messages[this.#position(seq)]?.at ?? frame.at;
    return { message_id, seq, user, rev: 0, at, reply_to: null, cid: null };
  }

  #unloaded(seq) {
    return this.#more && this.oldest !== null && seq < this.oldest;
  }

  #place(message) {
    const known = this.#byId.get(message.message_id);
    if (known && known.rev > message.rev) return;

    this.#byId.set(message.message_id, message);
    const at = this.#position(message.seq);
    this.#messages.splice(at, this.#messages[at]?.seq === message.seq ? 1 : 0, message);
  }

  #position(seq) {
    let low = 0;
    let high = this.#messages.length;
    if (high && this.#messages[high - 1].seq < seq) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#messages[middle].seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
