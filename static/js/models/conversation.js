import { DraftKeeper } from "./drafts.js";
import { History } from "./history.js";
import { RoomLog } from "./log.js";
import { Members } from "./members.js";
import { Outbox } from "./outbox.js";
import { ReadMarks } from "./reading.js";
import { RoomLink } from "./room-link.js";
import { Sender } from "./sender.js";
import { timeline } from "./timeline.js";
import { TypingTracker } from "./typing.js";

const UNDO_WITHIN = 6500; // milliseconds: the toast's six seconds, and a moment for the hand

/** One room as this page lives in it: log, outbox, socket, receipts and drafts, kept together.
 *
 * `data` is what the page was rendered with: `room`, `messages`, `more`, `sources`. `world` reaches outside: `call`
 * (the API), `socket` (addresses), `stores` (`outbox`, `drafts`), `turn`, `times`. `on` hears: `changed()` when
 * something looks different, `arrived(message)`, `typing(users)`, `state(state)`, `synced()`, `told(entry, answer)`.
 */
export class Conversation {
  #me;
  #world;
  #on;
  #room;
  #sender;
  #marks;
  #typing;
  #unreadAfter;
  #inSight = 0;
  #missed = false; // marks, which take no number and so are in no resume

  constructor({ data, me, world, on }) {
    this.#me = me;
    this.#world = world;
    this.#on = on;
    this.#room = data.room;
    this.#unreadAfter = data.room.unread ? data.room.read : null;
    this.log = new RoomLog({ head: data.room.head, messages: data.messages, more: data.more });
    this.members = new Members(data.room.members, me);
    this.history = new History({
      fetch: (path) => world.call("GET", `rooms/${this.id}/messages/${path}`),
      log: this.log, sources: data.sources, changed: on.changed,
    });
    this.link = new RoomLink({
      address: () => world.socket(`${this.#room.connection_id}/`), log: this.log, on: this.#ears(),
    });
    this.outbox = new Outbox({ store: world.stores.outbox, user: me, room: this.id, changed: on.changed });
    this.drafts = new DraftKeeper({
      store: world.stores.drafts, user: me, room: this.id,
      put: (text, leaving) => world.call("PUT", `rooms/${this.id}/draft/`, { message: text }, { leaving }),
    });
    this.#sender = new Sender({
      outbox: this.outbox, link: this.link, told: on.told, turn: (work) => world.turn(`${me} ${this.id}`, work),
    });
    const { read, delivered } = this.members.get(me);
    this.#marks = new ReadMarks({ send: (type, seq) => this.link.send({ type, seq }), read, delivered });
    this.#typing = new TypingTracker(on.typing);
  }

  get id() {
    return this.#room.id;
  }

  get room() {
    return this.#room;
  }

  /** Open the socket and take up what an earlier page has left in the outbox. */
  async start() {
    this.link.open();
    await this.outbox.load();
    this.#sender.poke();
  }

  close(reason) {
    this.link.close(reason);
    this.#sender.close();
    this.#marks.close();
    this.#typing.close();
  }

  async post(text, replyTo) {
    const entry = await this.outbox.post(text, replyTo);
    this.#sender.poke();
    return entry;
  }

  async edit(message, text, rev) {
    await this.outbox.edit(message.message_id, text, rev);
    this.#sender.poke();
  }

  /** Delete in a few seconds; the entry that `outbox.discard` undoes it with. */
  async delete(message) {
    const entry = await this.outbox.delete(message.message_id, UNDO_WITHIN);
    this.#sender.poke();
    return entry;
  }

  /** Try a failed entry again, with other words or on another revision where `changes` says so. */
  async retry(cid, changes) {
    await this.outbox.retry(cid, changes);
    this.#sender.poke();
  }

  /** Another tab has changed the outbox. */
  async reload() {
    await this.outbox.load();
    this.#sender.poke();
  }

  /** The newest message in sight has this seq, and somebody looks at it. */
  seen(seq) {
    this.#inSight = seq;
    const newest = this.log.messages.findLast((message) => message.seq <= seq && message.user !== this.#me);
    if (newest) this.#marks.seen(newest.seq);
  }

  /** Nobody looks: the line at the first unread message stands before what comes next, unless one stands already. */
  away(message) {
    if (this.#unreadAfter === null || this.#unreadAfter < this.#marks.read) this.#unreadAfter = message.seq - 1;
  }

  async setReceipts(on) {
    this.#take(await this.#world.call("PATCH", `rooms/${this.id}/`, { receipts: on }));
  }

  /** What to show, in order. */
  items(hidden) {
    return timeline({
      log: this.log, entries: this.outbox.entries, members: this.members, me: this.#me, times: this.#world.times,
      unreadAfter: this.#unreadAfter, hidden, source: (id) => this.history.source(id), now: Date.now(),
    });
  }

  #ears() {
    return {
      frame: (frame, past) => this.#heard(frame, past),
      state: (state) => {
        if (state.name === "waiting") this.#missed = true;
        if (state.name === "live") this.members.others.forEach((member) => (member.presence = "offline"));
        this.#on.state(state);
      },
      synced: () => {
        this.#mark();
        this.#sender.poke();
        this.#on.synced();
      },
      expired: () => this.refresh(),
    };
  }

  // Marks are told, and heard of, by a socket that may have been dead for a while: then the server is asked for them.
  async #mark() {
    if (this.#missed) {
      this.#missed = false;
      if ((await this.refresh()) === "fresh") this.#marks.known(this.members.get(this.#me));
      else this.#missed = true;
    }
    this.#marks.got(this.log.newest);
    this.seen(this.#inSight); // what was seen before there was anybody to tell
  }

  /** Fetch the room anew, its address with it: "fresh", "signed_out", "removed" or "unreachable". */
  async refresh() {
    try {
      this.#take(await this.#world.call("GET", `rooms/${this.id}/`));
      return "fresh";
    } catch (error) {
      return { 401: "signed_out", 404: "removed" }[error.status] ?? "unreachable";
    }
  }

  #take(room) {
    this.#room = room;
    this.members.replace(room.members);
    this.#on.changed();
  }

  #heard(frame, past) {
    if (frame.type === "typing") {
      this.#typing.heard(frame.user);
      return;
    }
    if (frame.type === "add") this.#added(frame);
    else if (frame.type === "setting") this.refresh();
    else if (frame.type === "read" && frame.user === this.#me) this.#marks.heard(frame.seq);
    else if (["read", "delivered", "presence", "member"].includes(frame.type)) this.members.apply(frame);
    if (!past || frame.type !== "passed") this.#on.changed();
  }

  #added(frame) {
    if (frame.user === this.#me) {
      this.outbox.arrived(frame.cid);
      return;
    }
    this.#typing.stopped(frame.user);
    this.#marks.got(frame.seq);
    this.#on.arrived(frame);
  }
}
