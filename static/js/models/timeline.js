const LATE = 10_000;

/** What a conversation shows, in order: day lines, the unread line, and messages with what is still on its way.
 *
 * Items are plain objects. `key` stays the same while a message goes from pending to read; `stamp` changes whenever
 * the item looks different. A message's item has `message` (as shown), `own`, `first` (of a group by one person),
 * `state` (pending, failed, sent, delivered, read, gone or ""), `late`, `source` (what it replies to) and `entry`
 * (the outbox entry that concerns it).
 */
export function timeline({ log, entries, members, me, times, unreadAfter = null, hidden = new Set(), source, now }) {
  const changes = new Map(entries.filter(({ kind }) => kind !== "add").map((entry) => [entry.message_id, entry]));
  const shown = log.messages
    .map((message) => confirmed(message, changes.get(message.message_id) ?? null, { members, me }))
    .filter((item) => item.state !== "gone" || item.entry || !hidden.has(item.message.message_id));
  const waiting = entries.filter((entry) => isAlone(log, entry)).map((entry) => own(entry, me));
  const items = [...shown, ...waiting];
  for (const item of items) {
    item.source = item.message.reply_to && item.state !== "gone" ? source(item.message.reply_to) : null;
    item.late = item.state === "pending" && now - Date.parse(item.entry.at) >= LATE;
  }
  const reaches = !log.more || log.oldest <= unreadAfter; // else the first unread message is not here yet
  return lined(items, { times, unreadAfter, reaches, now });
}

function confirmed(message, entry, { members, me }) {
  const item = { kind: "message", key: `${message.user} ${message.cid ?? message.message_id}`, message, entry };
  item.own = message.user === me;
  if (message.deleted || (entry?.kind === "delete" && entry.state === "pending")) return { ...item, state: "gone" };
  if (!entry) return { ...item, state: item.own ? members.progress(message.seq) : "" };

  const text = entry.kind === "edit" ? entry.message : message.message;
  return { ...item, message: { ...message, message: text }, state: entry.state };
}

function own(entry, me) {
  const { cid, message, message_id, reply_to, at, base_rev, seq = null } = entry;
  const standing = { message_id, seq, rev: base_rev ?? 1, user: me, message, at, changed_at: null, deleted: false, reply_to, cid };
  return { kind: "message", key: `${me} ${cid}`, message: standing, entry, own: true, state: entry.state };
}

// Has it no message here to stand at? So is an edit that was refused while its message is too far back to be loaded.
function isAlone(log, entry) {
  if (entry.kind === "edit") return entry.state === "failed" && !log.find(entry.message_id);
  return entry.kind === "add" && !arrived(log, entry);
}

function arrived(log, entry) {
  return log.messages.findLast((message) => message.cid === entry.cid && message.user === entry.user) !== undefined;
}

function lined(items, { times, unreadAfter, reaches, now }) {
  const lines = [];
  let day = "";
  let drawn = unreadAfter === null || !reaches;
  for (const item of items) {
    const { message } = item;
    if (times.day(message.at) > day) {
      day = times.day(message.at);
      const label = times.dayLine(message.at, now);
      lines.push({ kind: "day", key: `day ${day}`, stamp: label, day, label });
    }
    if (!drawn && !item.own && message.seq > unreadAfter) {
      drawn = true;
      lines.push({ kind: "unread", key: "unread", stamp: message.at, at: message.at });
    }
    const before = lines.at(-1);
    item.first = before.kind !== "message" || before.message.user !== message.user;
    item.stamp = stamp(item);
    lines.push(item);
  }
  return lines;
}

function stamp({ message, own: mine, first, state, late, entry, source }) {
  const about = entry ? [entry.cid, entry.kind, entry.state, entry.error?.code] : [];
  const quoted = source ? [source.rev, source.deleted] : [];
  return [message.message_id, message.rev, message.message, mine, first, state, late, ...about, ...quoted].join("\u0000");
}
