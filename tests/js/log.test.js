import assert from "node:assert/strict";
import { test } from "node:test";

import { RoomLog } from "../../static/js/models/log.js";
import { add, message } from "./room.js";

test("a log applies the next number, drops the past and reports a gap", () => {
  const log = new RoomLog({ head: 10 });

  assert.equal(log.apply(add(11)), "applied");
  assert.equal(log.apply(add(11)), "past");
  assert.equal(log.apply(add(13)), "gap");

  assert.equal(log.head, 11);
  assert.deepEqual(log.messages.map(({ seq }) => seq), [11]);
});

test("a log counts numbers that show nothing", () => {
  const log = new RoomLog({ head: 1 });

  const outcomes = [
    { type: "passed", from: 2, to: 4 },
    { type: "member", n: 5, user: "bob", state: "left" },
    { type: "setting", n: 6, user: "bob", name: "receipts", value: "off" },
    { type: "passed", from: 5, to: 6 },
    { type: "passed", from: 9, to: 9 },
    { type: "passed", from: 6, to: 7 },
  ].map((frame) => log.apply(frame));

  assert.deepEqual(outcomes, ["applied", "applied", "applied", "past", "gap", "applied"]);
  assert.equal(log.head, 7);
});

test("an edit changes the text and keeps the rest", () => {
  const log = new RoomLog({ head: 1, messages: [message(1, { message: "helo", reply_to: "m0" })] });

  log.apply({ type: "edit", n: 2, seq: 1, rev: 2, message_id: "m1", user: "bob", message: "hello", at: "2026-03-12T09:00:00Z" });

  assert.deepEqual(log.find("m1"), {
    ...message(1, { message: "hello", reply_to: "m0" }), n: 2, rev: 2, changed_at: "2026-03-12T09:00:00Z",
  });
});

test("a delete takes the text away", () => {
  const log = new RoomLog({ head: 1, messages: [message(1)] });

  log.apply({ type: "delete", n: 2, seq: 1, rev: 2, message_id: "m1", user: "bob", at: "2026-03-12T09:00:00Z" });

  assert.equal(log.find("m1").message, null);
  assert.equal(log.find("m1").deleted, true);
});

test("a replay never brings an older revision back", () => {
  const log = new RoomLog({ head: 1, messages: [message(1, { rev: 3, message: "third" })] });

  log.apply({ type: "edit", n: 2, seq: 1, rev: 2, message_id: "m1", user: "bob", message: "second", at: "2026-03-12T09:00:00Z" });

  assert.equal(log.find("m1").message, "third");
});

test("a replayed edit of a message that was missed comes as an add in its present state", () => {
  const log = new RoomLog({ head: 1, messages: [message(1)] });

  log.apply({ type: "passed", from: 2, to: 3 });
  log.apply(add(4, { seq: 2, message_id: "m2", rev: 2 }));

  assert.deepEqual(log.messages.map(({ seq, rev }) => [seq, rev]), [[1, 1], [2, 2]]);
  assert.notEqual(log.find("m2").changed_at, null);
});

test("a message that was written and deleted meanwhile leaves its tombstone at its place", () => {
  const log = new RoomLog({ head: 1, messages: [message(1)] });
  log.apply({ type: "passed", from: 2, to: 2 });
  log.apply(add(3));

  log.apply({ type: "delete", n: 4, seq: 2, rev: 2, message_id: "m2", user: "bob", at: "2026-03-13T09:00:00Z" });

  assert.deepEqual(log.messages.map(({ seq, deleted }) => [seq, deleted]), [[1, false], [2, true], [3, false]]);
  assert.equal(log.find("m2").at, log.find("m3").at);
});

test("changes of history that is not loaded are only counted", () => {
  const log = new RoomLog({ head: 60, messages: [message(50), message(60)], more: true });

  log.apply({ type: "delete", n: 61, seq: 7, rev: 2, message_id: "m7", user: "bob", at: "2026-03-13T09:00:00Z" });
  log.apply(add(62, { seq: 8, message_id: "m8", rev: 2 }));

  assert.equal(log.head, 62);
  assert.deepEqual(log.messages.map(({ seq }) => seq), [50, 60]);
});

test("history goes before what is there", () => {
  const log = new RoomLog({ head: 9, messages: [message(8), message(9)], more: true });

  log.prepend([message(5), message(7)], false);

  assert.deepEqual(log.messages.map(({ seq }) => seq), [5, 7, 8, 9]);
  assert.equal(log.oldest, 5);
  assert.equal(log.more, false);
});

test("history does not undo what a frame has changed", () => {
  const log = new RoomLog({ head: 9, messages: [message(8, { rev: 2, message: "new" })], more: true });

  log.prepend([message(7), message(8, { message: "old" })], false);

  assert.equal(log.find("m8").message, "new");
});
