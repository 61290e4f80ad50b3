import { newId } from "../lib/ids.js";

/** What a person has done in a room and the server has not yet confirmed: stored before it is sent.
 *
 * An entry: `{order, cid, user, room, kind, message, message_id, reply_to, base_rev, at, due, state, error}`.
 * `kind` is add, edit or delete; `due` the time before which it is not sent (a delete that may be undone, a wait
 * that the server asked for); `state` is "pending", "failed" with `error`, or "sent": confirmed by the server
 * while its own frame is still on the way. The store keeps pending and failed ones.
 */
export class Outbox {
  #store;
  #user;
  #room;
  #changed;
  #entries = [];
  #settled = new Set();

  /** `store` keeps entries across tabs and restarts; `changed` is called after every change. */
  constructor({ store, user, room, changed }) {
    this.#store = store;
    this.#user = user;
    this.#room = room;
    this.#changed = changed;
  }

  /** In the order in which they were made. */
  get entries() {
    return this.#entries;
  }

  get waiting() {
    return this.#entries.filter((entry) => entry.state === "pending").length;
  }

  find(cid) {
    return this.#entries.find((entry) => entry.cid === cid) ?? null;
  }

  /** The entry that would change this message, or null. */
  about(messageId) {
    return this.#entries.findLast((entry) => entry.kind !== "add" && entry.message_id === messageId) ?? null;
  }

  /** Read the store again: another tab may have added, sent or dropped something. */
  async load() {
    const kept = await this.#store.list(this.#user, this.#room);
    const stored = kept.filter((entry) => !this.#settled.has(entry.cid));
    const cids = new Set(stored.map((entry) => entry.cid));
    const sent = this.#entries.filter((entry) => entry.state === "sent" && !cids.has(entry.cid));
    this.#entries = [...sent, ...stored].sort((a, b) => a.order - b.order);
    this.#changed();
  }

  post(message, replyTo = null) {
    return this.#keep({ kind: "add", message, reply_to: replyTo });
  }

  /** `rev` is the revision the server has; edits that are still on their way come before this one. */
  async edit(messageId, message, rev) {
    await this.#dropFailed(messageId);
    const before = this.#entries.filter((entry) => entry.kind === "edit" && entry.message_id === messageId).length;
    return this.#keep({ kind: "edit", message_id: messageId, message, base_rev: rev + before });
  }

  /** Delete after `delay` milliseconds, so that it can be undone until then by `discard`. */
  async delete(messageId, delay) {
    await this.#dropFailed(messageId);
    return this.#keep({ kind: "delete", message_id: messageId, due: Date.now() + delay });
  }

  /** The entry to send now, or null. An entry that has to wait holds back those after it; a delete does not. */
  next() {
    const now = Date.now();
    for (const entry of this.#entries) {
      if (entry.state !== "pending") continue;
      if (entry.due <= now) return entry;
      if (entry.kind !== "delete") return null;
    }
    return null;
  }

  /** Milliseconds until `next` may have something to say, or null. */
  untilNext() {
    let soonest = Infinity;
    for (const entry of this.#entries) {
      if (entry.state !== "pending") continue;
      soonest = Math.min(soonest, entry.due);
      if (entry.kind !== "delete") break;
    }
    return soonest === Infinity ? null : Math.max(0, soonest - Date.now());
  }

  /** The server has stored it. A message stays in sight as "sent" until its own frame comes: see `arrived`. */
  async confirmed(cid, ok) {
    const entry = this.find(cid);
    if (!entry) return;

    this.#settled.add(cid);
    if (entry.kind === "add" && ok) {
      this.#replace({ ...entry, state: "sent", message_id: ok.message_id, seq: ok.seq });
    } else {
      this.#forget(entry);
    }
    await this.#store.remove(entry.order);
  }

  /** The frame of an own change has come by any way: nothing of it is left to show or to send. */
  async arrived(cid) {
    const entry = this.find(cid);
    if (!entry) return;

    this.#settled.add(cid);
    this.#forget(entry);
    await this.#store.remove(entry.order);
  }

  /** Try again by itself after `wait` milliseconds. */
  postpone(cid, wait) {
    return this.#alter(cid, { due: Date.now() + wait });
  }

  /** The server refuses for good: `error` is its frame. */
  fail(cid, error) {
    return this.#alter(cid, { state: "failed", error });
  }

  /** Send a failed entry again under a new id, since the old one may be bound to what was refused. */
  retry(cid, changes = {}) {
    return this.#alter(cid, { ...changes, cid: newId(), state: "pending", error: null, due: 0 });
  }

  /** Send without waiting for its time. */
  hurry(cid) {
    return this.#alter(cid, { due: 0 });
  }

  async discard(cid) {
    const entry = this.find(cid);
    if (!entry) return null;

    this.#settled.add(cid);
    this.#forget(entry);
    await this.#store.remove(entry.order);
    return entry;
  }

  async #keep(what) {
    const entry = {
      cid: newId(),
      user: this.#user,
      room: this.#room,
      message: null,
      message_id: null,
      reply_to: null,
      base_rev: null,
      at: new Date().toISOString(),
      due: 0,
      state: "pending",
      error: null,
      ...what,
    };
    const stored = await this.#store.add(entry);
    if (!this.find(stored.cid)) { // else `load` has met it in the store already
      this.#entries = [...this.#entries, stored].sort((a, b) => a.order - b.order);
      this.#changed();
    }
    return stored;
  }

  async #alter(cid, changes) {
    const entry = this.find(cid);
    if (!entry) return;

    const altered = { ...entry, ...changes };
    this.#replace(altered, cid);
    await this.#store.put(altered);
  }

  async #dropFailed(messageId) {
    const earlier = this.about(messageId);
    if (earlier?.state === "failed") await this.discard(earlier.cid);
  }

  #replace(altered, cid = altered.cid) {
    this.#entries = this.#entries.map((entry) => (entry.cid === cid ? altered : entry));
    this.#changed();
  }

  #forget(gone) {
    this.#entries = this.#entries.filter((entry) => entry.cid !== gone.cid);
    this.#changed();
  }
}

/** Keeps entries for as long as the page lives: where the browser has no storage. Also the store's contract. */
export class MemoryStore {
  #entries = new Map();
  #order = 0;

  async list(user, room) {
    return [...this.#entries.values()].filter((entry) => entry.user === user && entry.room === room);
  }

  async add(entry) {
    this.#order += 1;
    const stored = { ...entry, order: this.#order };
    this.#entries.set(stored.order, stored);
    return stored;
  }

  /** Replaces a stored entry; one that is gone stays gone. */
  async put(entry) {
    if (this.#entries.has(entry.order)) this.#entries.set(entry.order, entry);
  }

  async remove(order) {
    this.#entries.delete(order);
  }
}
