import assert from "node:assert/strict";
import { test } from "node:test";

import { begun, completed, suggested } from "../../static/js/models/mentions.js";

const PEOPLE = [
  { user: "alice", name: "Alice Winter", reads: ["all"] },
  { user: "bob", name: "Bob Meyer", reads: ["all", "staff"] },
  { user: "carol", name: "Çarol Weiß", reads: ["all", "examiners", "staff"] },
];
const names = (words, visibility = "all") => suggested(PEOPLE, { words, visibility }).map(({ user }) => user);

test("a name begins at an @ that stands apart", () => {
  assert.deepEqual(begun("see @bo", 7), { from: 4, words: "bo" });
  assert.deepEqual(begun("@", 1), { from: 0, words: "" });
  assert.equal(begun("mail me@ho", 10), null);
  assert.equal(begun("@bob is", 7), null);
  assert.deepEqual(begun("(@bo, later", 4), { from: 1, words: "bo" });
});

test("people are found by user name and by each word of their name", () => {
  assert.deepEqual(names("w"), ["alice", "carol"]);
  assert.deepEqual(names("CAR"), ["carol"]);
  assert.deepEqual(names("x"), []);
});

test("who may not read it is no suggestion", () => {
  assert.deepEqual(names("", "staff"), ["bob", "carol"]);
  assert.deepEqual(names("", "examiners"), ["carol"]);
});

test("the whole name takes the place of its beginning", () => {
  assert.deepEqual(completed("ask @bo about it", 7, { from: 4, user: "bob" }), { text: "ask @bob about it", caret: 9 });
});
