import assert from "node:assert/strict";
import { test } from "node:test";

import { RoomList, partner } from "../../static/js/models/rooms.js";
import { add, member, message } from "./room.js";

const room = (id, changes = {}) => ({
  id, connection_id: `c-${id}`, kind: "pair", title: "", members: [member("alice"), member("bob")], unread: 0,
  last_message: message(5), head: 5, read: 5, receipts: true, draft: "", ...changes,
});

function listed(rooms, watching) {
  return new RoomList({ rooms, me: "alice", watching });
}

const ids = (list) => list.all.map(({ id }) => id);

test("a message lifts its room, becomes its last and counts as unread", () => {
  const list = listed([room("a"), room("b", { unread: 1 })]);

  const outcome = list.apply({ ...add(6), room: "b" });

  assert.equal(outcome, "changed");
  assert.deepEqual(ids(list), ["b", "a"]);
  assert.deepEqual([list.get("b").unread, list.get("b").last_message.message], [2, "text 6"]);
  assert.equal(list.unread, 2);
});

test("my own message counts as nothing unread", () => {
  const list = listed([room("a")]);

  list.apply({ ...add(6, { user: "alice" }), room: "a" });

  assert.equal(list.unread, 0);
});

test("a message in the room one is looking at is not unread", () => {
  const list = listed([room("a"), room("b")], (id) => id === "a");

  list.apply({ ...add(6), room: "a" });
  list.apply({ ...add(6), room: "b" });

  assert.deepEqual([list.get("a").unread, list.get("b").unread], [0, 1]);
});

test("a frame that comes twice counts once", () => {
  const list = listed([room("a")]);

  const outcomes = [1, 2].map(() => list.apply({ ...add(6), room: "a" }));

  assert.deepEqual([outcomes, list.unread], [["changed", "same"], 1]);
});

test("reading on any device clears the count", () => {
  const list = listed([room("a", { unread: 3, read: 2 })]);

  assert.equal(list.apply({ type: "read", room: "a", user: "alice", seq: 5 }), "changed");

  assert.deepEqual([list.unread, list.get("a").read], [0, 5]);
});

test("reading only a part leaves a count that the server knows", () => {
  const list = listed([room("a", { unread: 3, read: 2 })]);

  assert.equal(list.apply({ type: "read", room: "a", user: "alice", seq: 4 }), "ask");
});

test("an edit or delete of the last message shows in the list", () => {
  const list = listed([room("a")]);

  list.apply({ type: "edit", room: "a", n: 6, seq: 5, rev: 2, message_id: "m5", user: "bob", message: "new", at: "" });
  assert.equal(list.get("a").last_message.message, "new");
  list.apply({ type: "delete", room: "a", n: 7, seq: 5, rev: 3, message_id: "m5", user: "bob", at: "" });

  assert.equal(list.get("a").last_message.deleted, true);
});

test("a delete in a room with unread messages leaves the count to the server", () => {
  const list = listed([room("a", { unread: 1 })]);

  assert.equal(list.apply({ type: "delete", room: "a", n: 6, seq: 4, rev: 2, message_id: "m4", user: "bob", at: "" }), "ask");
});

test("rooms enter and leave the list", () => {
  const list = listed([room("a")]);

  assert.equal(list.apply({ type: "room", room: "b" }), "ask");
  list.put(room("b"));
  assert.deepEqual(ids(list), ["b", "a"]);
  assert.equal(list.apply({ type: "gone", room: "a" }), "changed");
  assert.equal(list.apply({ type: "gone", room: "a" }), "same");

  assert.deepEqual(ids(list), ["b"]);
});

test("presence and receipts reach the members", () => {
  const list = listed([room("a")]);

  list.apply({ type: "presence", room: "a", user: "bob", state: "online" });
  list.apply({ type: "read", room: "a", user: "bob", seq: 5 });

  const { presence, read, delivered } = partner(list.get("a"), "alice");
  assert.deepEqual([presence, read, delivered], ["online", 5, 5]);
});

test("what only the server knows is asked for", () => {
  const list = listed([room("a")]);

  const outcomes = [
    { type: "member", room: "a", n: 6, user: "bob", state: "left" },
    { type: "setting", room: "a", n: 7, user: "bob", name: "receipts", value: "off" },
    { ...add(1), room: "unknown" },
    { type: "typing", room: "a", user: "bob" },
  ].map((frame) => list.apply(frame));

  assert.deepEqual(outcomes, ["ask", "ask", "ask", "same"]);
});

test("the next unread room is found in both directions and round the end", () => {
  const list = listed([room("a", { unread: 1 }), room("b"), room("c", { unread: 1 }), room("d")]);

  assert.equal(list.nextUnread("b", 1).id, "c");
  assert.equal(list.nextUnread("b", -1).id, "a");
  assert.equal(list.nextUnread("d", 1).id, "a");
  assert.equal(list.nextUnread("a", -1).id, "c");
  assert.equal(list.nextUnread(null, -1).id, "c");
  assert.equal(listed([room("a", { unread: 1 })]).nextUnread("a", 1), null);
});
