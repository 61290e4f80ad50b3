import assert from "node:assert/strict";
import { test } from "node:test";

import { LIMIT, codePoints, measure } from "../../static/js/models/length.js";

test("a length counts code points and not UTF-16 units", () => {
  const texts = ["", "abc", "äöü", "👍", "a👍b", "👨‍👩‍👧", "\ud83d", "\udc4d\ud83d"];

  assert.deepEqual(texts.map(codePoints), texts.map((text) => [...text].length));
});

test("a measure says nothing until 500 are left", () => {
  assert.deepEqual(measure("x".repeat(LIMIT - 501)), { length: LIMIT - 501, left: null, over: false });
  assert.deepEqual(measure("x".repeat(LIMIT - 500)), { length: LIMIT - 500, left: 500, over: false });
});

test("a measure lets exactly the limit pass", () => {
  assert.equal(measure("👍".repeat(LIMIT)).over, false);
  assert.deepEqual(measure("👍".repeat(LIMIT + 1)), { length: LIMIT + 1, left: -1, over: true });
});
