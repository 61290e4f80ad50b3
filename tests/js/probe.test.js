import assert from "node:assert/strict";
import { test } from "node:test";

import { middleOf, partAt, partBy } from "../../static/js/models/probe.js";

test("a pointer is in one of the parts, also beyond the edges", () => {
  assert.deepEqual([-5, 0, 9, 10, 99, 100, 120].map((x) => partAt(x, 100, 10)), [0, 0, 0, 1, 9, 9, 9]);
});

test("where nothing is drawn there is no part", () => {
  assert.equal(partAt(5, 0, 10), null);
  assert.equal(partAt(5, 100, 0), null);
});

test("keys begin at the newest part and stay on the axis", () => {
  assert.deepEqual(["ArrowLeft", "ArrowRight", "Home", "End"].map((key) => partBy(key, null, 60)), [59, 59, 0, 59]);
  assert.deepEqual(["ArrowLeft", "ArrowRight", "PageUp", "PageDown"].map((key) => partBy(key, 5, 60)), [4, 6, 0, 15]);
});

test("escape leaves and other keys are somebody else's", () => {
  assert.equal(partBy("Escape", 5, 60), null);
  assert.equal(partBy("Tab", 5, 60), undefined);
});

test("the mark stands in the middle of its part", () => {
  assert.deepEqual([0, 3].map((part) => middleOf(part, 4)), ["12.50%", "87.50%"]);
});
