import { Lost } from "./link.js";

const AGAIN_AFTER = 3000;

/** Sends an outbox, one entry at a time and each only after the one before was answered: so order holds even
 * when the server refuses one for a while. Among several tabs one at a time holds the turn.
 */
export class Sender {
  #outbox;
  #link;
  #turn;
  #told;
  #running = false;
  #timer = null;

  /** `link.ask(frame)` gives the answer or throws `Lost`; `turn(work)` runs work while no other tab sends;
   * `told(entry, answer)` hears every final answer. */
  constructor({ outbox, link, turn, told }) {
    this.#outbox = outbox;
    this.#link = link;
    this.#turn = turn;
    this.#told = told;
  }

  /** Something may be there to send, or the way is free again. */
  async poke() {
    clearTimeout(this.#timer);
    if (this.#running || !this.#link.live) return;
    if (!this.#outbox.next()) {
      this.#wakeLater();
      return;
    }

    this.#running = true;
    try {
      await this.#turn(() => this.#drain());
    } finally {
      this.#running = false;
    }
    this.#wakeLater();
  }

  close() {
    clearTimeout(this.#timer);
  }

  async #drain() {
    await this.#outbox.load();
    for (let entry = this.#outbox.next(); entry && this.#link.live; entry = this.#outbox.next()) {
      try {
        await this.#settle(entry, await this.#link.ask(frame(entry)));
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        return;
      }
    }
  }

  async #settle(entry, answer) {
    if (answer.type === "ok") {
      await this.#outbox.confirmed(entry.cid, answer);
    } else if (answer.code === "rate_limited" || answer.code === "unavailable") {
      await this.#outbox.postpone(entry.cid, (answer.retry_after ?? AGAIN_AFTER / 1000) * 1000);
      return;
    } else if (answer.code === "message_deleted" && entry.kind === "delete") {
      await this.#outbox.confirmed(entry.cid, null);
    } else {
      await this.#outbox.fail(entry.cid, answer);
    }
    this.#told(entry, answer);
  }

  #wakeLater() {
    const wait = this.#link.live ? this.#outbox.untilNext() : null;
    if (wait !== null) this.#timer = setTimeout(() => this.poke(), Math.max(wait, 20));
  }
}

/** What an entry says on the wire. */
export function frame(entry) {
  const { kind: type, cid, message, message_id, reply_to, base_rev } = entry;
  if (type === "add") return { type, cid, message, reply_to };
  if (type === "edit") return { type, cid, message_id, message, base_rev };
  return { type, cid, message_id };
}
