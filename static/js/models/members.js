/** The people of a room: how far each has received and read, who is here, who has left.
 *
 * `read` and `delivered` are null where receipts are switched off on either side.
 */
export class Members {
  #byUser = new Map();
  #me;

  constructor(members, me) {
    this.#me = me;
    this.replace(members);
  }

  /** Take the members anew. Frames may have said more meanwhile: marks go on, and who is here is theirs to say. */
  replace(members) {
    this.#byUser = new Map(members.map((member) => [member.user, renewed(this.get(member.user), member)]));
  }

  get(user) {
    return this.#byUser.get(user) ?? null;
  }

  get others() {
    return [...this.#byUser.values()].filter((member) => member.user !== this.#me);
  }

  name(user) {
    return this.get(user)?.display_name ?? user;
  }

  /** Take a read, delivered, presence or member frame; true when something is different now. */
  apply(frame) {
    const member = this.get(frame.user);
    if (!member) return false;
    if (frame.type === "presence") return set(member, "presence", frame.state);
    if (frame.type === "member") return set(member, "left", frame.state === "left");
    if (frame.type === "delivered") return this.#raise(member, "delivered", frame.seq);

    const delivered = this.#raise(member, "delivered", frame.seq);
    return this.#raise(member, "read", frame.seq) || delivered;
  }

  /** How far a message of mine has come: "sent", "delivered" to all others, or "read" by all. */
  progress(seq) {
    const there = this.others.filter((member) => !member.left);
    if (!there.length) return "sent";
    if (there.every((member) => (member.read ?? -1) >= seq)) return "read";
    if (there.every((member) => (member.delivered ?? -1) >= seq)) return "delivered";
    return "sent";
  }

  #raise(member, mark, seq) {
    return set(member, mark, Math.max(member[mark] ?? 0, seq));
  }
}

function renewed(known, member) {
  if (!known) return { ...member };
  const { presence, read, delivered } = known;
  return { ...member, presence, read: further(member.read, read), delivered: further(member.delivered, delivered) };
}

function further(told, known) {
  return told === null ? null : Math.max(told, known ?? 0);
}

function set(member, key, value) {
  if (member[key] === value) return false;
  member[key] = value;
  return true;
}
