import assert from "node:assert/strict";
import { test } from "node:test";

import { Members } from "../../static/js/models/members.js";
import { member } from "./room.js";

const room = (bob = {}) => new Members([member("alice"), member("bob", bob)], "alice");

test("a message is sent, then delivered, then read", () => {
  const members = room();
  const seen = [members.progress(5)];

  members.apply({ type: "delivered", user: "bob", seq: 5 });
  seen.push(members.progress(5));
  members.apply({ type: "read", user: "bob", seq: 6 });
  seen.push(members.progress(5), members.progress(7));

  assert.deepEqual(seen, ["sent", "delivered", "read", "sent"]);
});

test("my own reading says nothing about others", () => {
  const members = room();

  members.apply({ type: "read", user: "alice", seq: 5 });

  assert.equal(members.progress(5), "sent");
});

test("a mark never goes back, and one that is known changes nothing", () => {
  const members = room({ read: 5, delivered: 5 });

  assert.equal(members.apply({ type: "read", user: "bob", seq: 3 }), false);

  assert.equal(members.progress(5), "read");
});

test("switched-off receipts leave a message at sent", () => {
  assert.equal(room({ read: null, delivered: null }).progress(1), "sent");
});

test("a room of three is read when both others have read", () => {
  const members = new Members([member("alice"), member("bob", { read: 9, delivered: 9 }), member("carol")], "alice");
  assert.equal(members.progress(9), "sent");

  members.apply({ type: "read", user: "carol", seq: 9 });

  assert.equal(members.progress(9), "read");
});

test("someone who left no longer counts", () => {
  const members = new Members([member("alice"), member("bob", { read: 9 }), member("carol")], "alice");

  assert.equal(members.apply({ type: "member", user: "carol", state: "left" }), true);

  assert.equal(members.progress(9), "read");
});

test("presence changes are told once", () => {
  const members = room();

  assert.equal(members.apply({ type: "presence", user: "bob", state: "online" }), true);
  assert.equal(members.apply({ type: "presence", user: "bob", state: "online" }), false);
  assert.equal(members.apply({ type: "presence", user: "mallory", state: "online" }), false);
});
