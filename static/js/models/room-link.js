import { AckMeter } from "./acks.js";
import { Link, Lost } from "./link.js";

const ANSWER_WITHIN = 10_000;
const LATER = new Set(["rate_limited", "unavailable"]);
const NUMBERED = new Set(["add", "edit", "delete", "member", "setting", "passed"]);

/** A room's socket in digi.v2: resumes from the log's head, notices gaps, acknowledges, and pairs answers with
 * questions by `cid`. */
export class RoomLink {
  #link;
  #log;
  #on;
  #acks = new AckMeter((n) => this.#link.send({ type: "ack", n }));
  #asked = new Map();
  #resuming = false;
  #renewing = false;
  #later = null; // while resuming: when to ask again, or to give the connection up

  /** `on` has `frame(frame, past)` for what arrived in order (`past`: by a resume), `state(state)`, `synced()` and
   * `expired()`, which fetches a new address and resolves to "fresh", "unreachable", "signed_out" or "removed". */
  constructor({ address, log, on }) {
    this.#log = log;
    this.#on = on;
    this.#link = new Link({
      address,
      hear: (frame) => this.#hear(frame),
      changed: (state) => this.#stateChanged(state),
      probe: () => on.expired(),
    });
  }

  get live() {
    return this.#link.live && !this.#resuming;
  }

  get state() {
    return this.#link.state;
  }

  get socket() {
    return this.#link.socket;
  }

  open() {
    this.#link.open();
  }

  hurry() {
    this.#link.hurry();
  }

  /** The network is gone: the socket may not have noticed. */
  doubt() {
    this.#link.doubt();
  }

  close(reason) {
    this.#link.close(reason);
  }

  send(frame) {
    return this.live && this.#link.send(frame);
  }

  /** Send a frame that carries a `cid` and wait for its ok or error. Throws `Lost` when none can come. */
  ask(frame) {
    return new Promise((resolve, reject) => {
      if (!this.send(frame)) {
        reject(new Lost());
        return;
      }
      const timer = setTimeout(() => this.#link.renew(), ANSWER_WITHIN);
      this.#asked.set(frame.cid, { resolve, reject, timer });
    });
  }

  #hear(frame) {
    if (frame.type === "welcome") this.#resume();
    else if (NUMBERED.has(frame.type)) this.#numbered(frame);
    else if (frame.type === "synced") this.#synced();
    else if (frame.type === "heartbeat") this.#compare(frame.head);
    else if (frame.type === "ok") this.#answer(frame);
    else if (frame.type === "error") this.#refused(frame);
    else this.#on.frame(frame);
  }

  #numbered(frame) {
    const outcome = this.#log.apply(frame);
    this.#acks.got(this.#log.head);
    if (this.#resuming) this.#expectMore();
    if (outcome === "gap") this.#resume();
    if (outcome === "applied") this.#on.frame(frame, this.#resuming);
  }

  #compare(head) {
    if (head > this.#log.head) this.#resume();
  }

  #resume() {
    if (this.#resuming) return;
    this.#resuming = true;
    this.#askForRest();
  }

  #askForRest() {
    this.#link.send({ type: "resume", since: this.#log.head });
    this.#expectMore();
  }

  #expectMore() {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#link.renew(), ANSWER_WITHIN);
  }

  #synced() {
    clearTimeout(this.#later);
    this.#resuming = false;
    this.#on.synced();
  }

  #answer(frame) {
    const asked = this.#asked.get(frame.cid);
    if (!asked) return;
    clearTimeout(asked.timer);
    this.#asked.delete(frame.cid);
    asked.resolve(frame);
  }

  #refused(frame) {
    if (frame.code === "connection_expired") this.#renewAddress();
    else if (frame.cid) this.#answer(frame);
    else if (this.#resuming && LATER.has(frame.code)) {
      clearTimeout(this.#later);
      this.#later = setTimeout(() => this.#askForRest(), (frame.retry_after ?? 2) * 1000);
    } else this.#on.frame(frame);
  }

  async #renewAddress() {
    if (this.#renewing) return;
    this.#renewing = true;
    const outcome = await this.#on.expired();
    this.#renewing = false;
    if (outcome === "fresh") this.#link.open();
    else if (outcome === "unreachable") this.#link.renew();
    else this.#link.close(outcome);
  }

  #stateChanged(state) {
    if (state.name !== "live") {
      this.#resuming = false;
      clearTimeout(this.#later);
      this.#acks.close();
      this.#asked.forEach(({ reject, timer }) => {
        clearTimeout(timer);
        reject(new Lost());
      });
      this.#asked.clear();
    }
    // The server closes right after it has said that the address is too old: that is not an end.
    if (state.name === "ended" && this.#renewing) return;
    this.#on.state(state);
  }
}
