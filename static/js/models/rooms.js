/** The rooms of a person, newest talk first: last message, unread count, presence, draft.
 *
 * A room is what the API gives. Rooms are replaced and never altered, so that a view may compare by identity.
 */
export class RoomList {
  #rooms = new Map(); // the newest talk first
  #me;
  #watching;

  /** `watching(uuid)` tells whether the person looks at that room's newest message right now. */
  constructor({ rooms, me, watching = () => false }) {
    this.#me = me;
    this.#watching = watching;
    this.replace(rooms);
  }

  /** The whole list anew, as after a reconnect. */
  replace(rooms) {
    this.#rooms = new Map(rooms.map((room) => [room.id, room]));
  }

  /** A room as it is now; one that was not there comes on top. */
  put(room) {
    if (this.#rooms.has(room.id)) this.#rooms.set(room.id, room);
    else this.#lift(room);
  }

  get(id) {
    return this.#rooms.get(id) ?? null;
  }

  get all() {
    return [...this.#rooms.values()];
  }

  get unread() {
    return this.all.reduce((sum, room) => sum + room.unread, 0);
  }

  /** The next unread room from this one on, `step` 1 down the list or -1 up; null when all is read. */
  nextUnread(id, step) {
    const rooms = step > 0 ? this.all : this.all.reverse();
    const from = rooms.findIndex((room) => room.id === id) + 1;
    return [...rooms.slice(from), ...rooms.slice(0, from)].find((room) => room.unread && room.id !== id) ?? null;
  }

  /** Take a frame; gives "changed", "same", or "ask" when only the server knows what the room looks like now. */
  apply(frame) {
    const room = this.get(frame.room);
    if (frame.type === "room") return "ask";
    if (frame.type === "gone") return this.#rooms.delete(frame.room) ? "changed" : "same";
    if (!room) return frame.type === "add" ? "ask" : "same";
    if (frame.type === "add") return this.#added(room, frame);
    if (frame.type === "edit" || frame.type === "delete") return this.#altered(room, frame);
    if (frame.type === "read") return this.#read(room, frame);
    if (frame.type === "delivered") return this.#marked(room, frame.user, { delivered: frame.seq });
    if (frame.type === "presence") return this.#marked(room, frame.user, { presence: frame.state });
    if (frame.type === "member" || frame.type === "setting") return "ask";
    return "same";
  }

  #added(room, { type, room: id, ...message }) {
    if (message.n <= room.head) return "same";
    const own = message.user === this.#me;
    const unread = own || this.#watching(id) ? room.unread : room.unread + 1;
    this.#lift({ ...room, head: message.n, unread, last_message: { deleted: false, changed_at: null, ...message } });
    return "changed";
  }

  #altered(room, frame) {
    if (frame.n <= room.head) return "same";
    const last = room.last_message;
    const gone = frame.type === "delete";
    const mine = last?.message_id === frame.message_id;
    const change = { n: frame.n, rev: frame.rev, message: gone ? null : frame.message, deleted: gone };
    this.put({ ...room, head: frame.n, last_message: mine ? { ...last, ...change } : last });
    return gone && room.unread ? "ask" : mine ? "changed" : "same";
  }

  #read(room, { user, seq }) {
    if (user !== this.#me) return this.#marked(room, user, { read: seq, delivered: seq });
    if (seq <= room.read) return "same";
    const all = seq >= (room.last_message?.seq ?? 0);
    this.put({ ...room, read: seq, unread: all ? 0 : room.unread });
    return all || !room.unread ? "changed" : "ask";
  }

  #lift(room) {
    this.#rooms.delete(room.id);
    this.#rooms = new Map([[room.id, room], ...this.#rooms]);
  }

  #marked(room, user, marks) {
    const members = room.members.map((member) => (member.user === user ? { ...member, ...marks } : member));
    this.put({ ...room, members });
    return "changed";
  }
}

/** The other person of a pair; in a room that the other has left for good, whoever is there. */
export function partner(room, me) {
  return room.members.find((member) => member.user !== me) ?? room.members[0];
}
