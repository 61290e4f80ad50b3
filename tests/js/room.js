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

/** What chat/dates.py gives scripts, in English. */
export const words = {
  today: "Today", yesterday: "Yesterday",
  months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
  monthsShort: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
  weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
  weekdaysShort: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
  near: "j F", far: "j F Y", nearShort: "j M", farShort: "j M Y",
};

export function member(user, changes = {}) {
  const name = user[0].toUpperCase() + user.slice(1);
  return {
    user, display_name: name, initials: name[0], tint: 1, avatar: null, presence: "offline",
    left: false, read: 0, delivered: 0, ...changes,
  };
}
