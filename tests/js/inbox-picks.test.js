import assert from "node:assert/strict";
import { test } from "node:test";

import { Picking, heirOf, stepped, undoOf } from "../../static/js/models/inbox-picks.js";

test("rows are picked, left out and forgotten when they go", () => {
  const picking = new Picking();
  for (const number of ["17", "18", "19"]) picking.turn(number, true);

  picking.turn("18", false);
  picking.keepTo(["18", "19", "20"]);

  assert.deepEqual(picking.numbers, ["19"]);
  picking.clear();
  assert.equal(picking.size, 0);
});

test("one steps down and up a list and stays within it", () => {
  const steps = [[-1, 1], [-1, -1], [0, 1], [2, 1], [0, -1]].map(([at, by]) => stepped(at, by, 3));

  assert.deepEqual(steps, [0, 2, 1, 2, 0]);
  assert.equal(stepped(-1, 1, 0), -1);
});

test("the row that follows takes the focus of those that go", () => {
  const numbers = ["21", "20", "19", "18", "17"];

  assert.equal(heirOf(numbers, ["19", "18"], 3), "17");
  assert.equal(heirOf(numbers, ["19"], 2), "18");
  assert.equal(heirOf(numbers, ["17"], 4), "18");
  assert.equal(heirOf(["21"], ["21"], 0), null);
});

test("what can be taken back has its opposite", () => {
  const opposites = ["done", "later:tomorrow", "mute", "mute-everywhere", "read"].map(undoOf);

  assert.deepEqual(opposites, ["reopen", "reopen", "unmute", "unmute", null]);
});
