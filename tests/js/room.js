// What the tests' rooms are made of.

/** A message as the API gives it, written by Bob. */
export function message(seq, changes = {}) {
  return {
    message_id: `m${seq}`, n: seq, seq, rev: 1, user: "bob", message: `text ${seq}`,
    at: `2026-03-12T08:${String(seq % 60).padStart(2, "0")}:00.000Z`,
    changed_at: null, deleted: false, reply_to: null, cid: `c${seq}`, ...changes,
  };
}

/** An add frame with number n. */
export function add(n, changes = {}) {
  const { changed_at, deleted, ...fields } = message(n, changes);
  return { type: "add", ...fields, n };
}

export function member(user, changes = {}) {
  const name = user[0].toUpperCase() + user.slice(1);
  return {
    user, display_name: name, initials: name[0], tint: 1, avatar: null, presence: "offline",
    left: false, read: 0, delivered: 0, ...changes,
  };
}
