import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { ReadMarks } from "../../static/js/models/reading.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function marks({ read = 0, delivered = 0, live = true } = {}) {
  const sent = [];
  const room = { live };
  const send = (type, seq) => room.live && sent.push([type, seq]) > 0;
  return { room, sent, marks: new ReadMarks({ send, read, delivered }) };
}

test("reading is told once and only forward", () => {
  const { sent, marks: mine } = marks({ read: 3 });

  [2, 3, 5, 5, 4, 6].forEach((seq) => mine.seen(seq));

  assert.deepEqual(sent, [["read", 5], ["read", 6]]);
});

test("a message that is read at once is not told as delivered too", () => {
  const { sent, marks: mine } = marks();
  mine.got(5);
  mine.seen(5);

  mock.timers.tick(1000);

  assert.deepEqual(sent, [["read", 5]]);
});

test("messages that nobody looks at are told as delivered, several at once", () => {
  const { sent, marks: mine } = marks({ delivered: 4 });
  [4, 5, 6].forEach((seq) => mine.got(seq));

  mock.timers.tick(300);

  assert.deepEqual(sent, [["delivered", 6]]);
});

test("what could not be told is told the next time", () => {
  const { room, sent, marks: mine } = marks({ live: false });
  mine.seen(5);
  room.live = true;

  mine.seen(5);

  assert.deepEqual(sent, [["read", 5]]);
});

test("what another device has read is not told again", () => {
  const { sent, marks: mine } = marks();
  mine.heard(7);

  mine.seen(6);
  mine.got(7);
  mock.timers.tick(300);

  assert.deepEqual([sent, mine.read], [[], 7]);
});
