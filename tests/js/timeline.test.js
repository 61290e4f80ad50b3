import assert from "node:assert/strict";
import { test } from "node:test";

import { RoomLog } from "../../static/js/models/log.js";
import { Members } from "../../static/js/models/members.js";
import { timeline } from "../../static/js/models/timeline.js";
import { Times } from "../../static/js/models/times.js";
import { member, message, words } from "./room.js";

const times = new Times({ zone: "UTC", words });
const NOW = Date.parse("2026-03-12T10:00:00Z");

function lines({ messages = [], entries = [], bob = {}, log = new RoomLog({ head: 0, messages }), ...options }) {
  const members = new Members([member("alice"), member("bob", bob)], "alice");
  const source = (id) => log.find(id);
  return timeline({ log, entries, members, me: "alice", times, source, now: NOW, ...options });
}

const mine = (seq, changes) => message(seq, { user: "alice", ...changes });
const entry = (changes) => ({
  order: 1, cid: "e1", user: "alice", room: "r", kind: "add", message: "hi", message_id: null, reply_to: null,
  base_rev: null, at: "2026-03-12T09:59:55Z", due: 0, state: "pending", error: null, ...changes,
});
const short = (items) => items.map((item) => (item.kind === "message" ? `${item.first ? "*" : ""}${item.message.message ?? "–"}` : item.label ?? item.kind));

test("days part messages, and a group begins with its writer", () => {
  const items = lines({
    messages: [
      message(1, { at: "2026-03-11T09:00:00Z" }), message(2, { at: "2026-03-11T09:01:00Z" }),
      mine(3), mine(4), message(5),
    ],
  });

  assert.deepEqual(short(items), ["Yesterday", "*text 1", "text 2", "Today", "*text 3", "text 4", "*text 5"]);
});

test("the unread line stands before the first unread message of another", () => {
  const items = lines({ messages: [message(1), mine(2), message(3), message(4)], unreadAfter: 1 });

  assert.deepEqual(short(items), ["Today", "*text 1", "*text 2", "unread", "*text 3", "text 4"]);
});

test("there is no unread line as long as the first unread message is not loaded", () => {
  const seen = [3, 2].map((oldest) => {
    const log = new RoomLog({ head: 9, messages: [message(oldest), message(4)], more: true });
    return short(lines({ log, unreadAfter: 2 }));
  });

  assert.deepEqual(seen, [["Today", "*text 3", "text 4"], ["Today", "*text 2", "unread", "*text 4"]]);
});

test("there is no unread line without an unread message", () => {
  assert.deepEqual(short(lines({ messages: [message(1), mine(2)], unreadAfter: 1 })), ["Today", "*text 1", "*text 2"]);
});

test("what is in the outbox stands below, in its order, and says how it is", () => {
  const items = lines({
    messages: [message(1)],
    entries: [entry({ cid: "e1", message: "one", state: "failed", error: { code: "too_long" } }), entry({ cid: "e2", message: "two" })],
  });

  assert.deepEqual(short(items), ["Today", "*text 1", "*one", "two"]);
  assert.deepEqual(items.slice(2).map(({ state, own }) => [state, own]), [["failed", true], ["pending", true]]);
});

test("a message keeps its key from pending to read", () => {
  const before = lines({ entries: [entry()] }).at(-1);

  const after = lines({ messages: [mine(1, { cid: "e1" })], entries: [entry()], bob: { read: 1, delivered: 1 } }).at(-1);

  assert.equal(before.key, after.key);
  assert.notEqual(before.stamp, after.stamp);
  assert.deepEqual([before.state, after.state], ["pending", "read"]);
});

test("pending is late after ten seconds", () => {
  const ages = [9999, 10_000].map((age) => lines({ entries: [entry({ at: new Date(NOW - age).toISOString() })] }).at(-1).late);

  assert.deepEqual(ages, [false, true]);
});

test("an edit on its way shows the new text", () => {
  const [, item] = lines({ messages: [mine(1)], entries: [entry({ kind: "edit", message_id: "m1", message: "new" })] });

  assert.deepEqual([item.message.message, item.state], ["new", "pending"]);
});

test("an edit that was refused stands below while its message is not loaded", () => {
  const refused = entry({
    kind: "edit", message_id: "m1", message: "new", base_rev: 3, state: "failed", error: { code: "stale_revision" },
  });

  const apart = lines({ messages: [message(2)], entries: [refused] });
  const together = lines({ messages: [mine(1), message(2)], entries: [refused] });
  const pending = lines({ messages: [message(2)], entries: [{ ...refused, state: "pending", error: null }] });

  assert.deepEqual(short(apart), ["Today", "*text 2", "*new"]);
  assert.deepEqual([apart[2].state, apart[2].own, apart[2].message.message_id, apart[2].message.rev], ["failed", true, "m1", 3]);
  assert.deepEqual(short(together), ["Today", "*new", "*text 2"]);
  assert.deepEqual(short(pending), ["Today", "*text 2"]);
});

test("a delete on its way shows the tombstone, and one that failed shows the message", () => {
  const pending = lines({ messages: [mine(1)], entries: [entry({ kind: "delete", message_id: "m1" })] }).at(-1);
  const failed = lines({ messages: [mine(1)], entries: [entry({ kind: "delete", message_id: "m1", state: "failed", error: { code: "x" } })] }).at(-1);

  assert.equal(pending.state, "gone");
  assert.deepEqual([failed.state, failed.message.message], ["failed", "text 1"]);
});

test("a tombstone that somebody hid is not shown", () => {
  const gone = message(1, { deleted: true, message: null });

  assert.deepEqual(short(lines({ messages: [gone, message(2)], hidden: new Set(["m1"]) })), ["Today", "*text 2"]);
});

test("a reply knows its source and changes with it", () => {
  const reply = message(2, { reply_to: "m1" });
  const before = lines({ messages: [message(1), reply] }).at(-1);

  const after = lines({ messages: [message(1, { deleted: true, message: null, rev: 2 }), reply] }).at(-1);

  assert.equal(before.source.message, "text 1");
  assert.equal(after.source.deleted, true);
  assert.notEqual(before.stamp, after.stamp);
});

test("a time that runs backwards opens no second line for a day", () => {
  const items = lines({ messages: [message(1), message(2, { at: "2026-03-11T09:00:00Z" }), message(3)] });

  assert.deepEqual(short(items), ["Today", "*text 1", "text 2", "text 3"]);
});
