import assert from "node:assert/strict";
import { test } from "node:test";

import { age, crc8, middle, read } from "../../static/js/models/barcode.js";

// As camera/agent/barcode.py draws it.
function drawn(milliseconds) {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(milliseconds / 2 ** shift) & 255);
  const bits = [0b1010, ...bytes.flatMap((byte) => [byte >> 4, byte & 15]), crc8(bytes) >> 4, crc8(bytes) & 15, 0b0101];
  return bits.flatMap((half) => [8, 4, 2, 1].map((bit) => (half & bit ? 235 : 16)));
}

test("the time in a picture is read back", () => {
  for (const milliseconds of [0, 1, 0x80000000, 0xdeadbeef, 0xffffffff]) assert.equal(read(drawn(milliseconds)), milliseconds);
});

test("a washed-out strip is read, and one without contrast is not", () => {
  const faint = drawn(123_456).map((level) => 100 + level / 2);

  assert.equal(read(faint), 123_456);
  assert.equal(read(faint.map((level) => level / 4)), null);
});

test("a strip that does not add up says nothing", () => {
  const levels = drawn(5);
  levels[10] = 251 - levels[10];

  assert.equal(read(levels), null);
});

test("an age survives the turn of the counter", () => {
  assert.equal(age(2 ** 32 - 10, 5 * 2 ** 32 + 5), 15);
  assert.equal(age(100, 90), -10);
});

test("the strip's middle follows the picture's height", () => {
  assert.deepEqual([middle(240), middle(480), middle(720), middle(1080)], [8, 12, 18, 27]);
});
