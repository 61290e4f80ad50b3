import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Announcer } from "../../static/js/models/announcer.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function announced() {
  const said = [];
  return { said, announcer: new Announcer({ say: (text) => said.push(text), count: (n) => `${n} new messages` }) };
}

test("a message is announced at once", () => {
  const { said, announcer } = announced();

  announcer.message("Bob: hi");

  assert.deepEqual(said, ["Bob: hi"]);
});

test("a burst is summed up two seconds later", () => {
  const { said, announcer } = announced();
  for (let n = 0; n < 6; n += 1) announcer.message(`Bob: ${n}`);
  mock.timers.tick(1999);
  assert.deepEqual(said, ["Bob: 0"]);

  mock.timers.tick(1);

  assert.deepEqual(said, ["Bob: 0", "5 new messages"]);
});

test("a single message that had to wait keeps its words", () => {
  const { said, announcer } = announced();
  announcer.message("Bob: 1");
  announcer.message("Bob: 2");

  mock.timers.tick(2000);

  assert.deepEqual(said, ["Bob: 1", "Bob: 2"]);
});

test("other news comes before messages, one in two seconds", () => {
  const { said, announcer } = announced();
  announcer.tell("Connected");
  announcer.message("Bob: 1");
  announcer.tell("Bob is writing");
  announcer.tell("Bob is writing");

  mock.timers.tick(2000);
  mock.timers.tick(2000);
  mock.timers.tick(2000);

  assert.deepEqual(said, ["Connected", "Bob is writing", "Bob: 1"]);
});
