import assert from "node:assert/strict";
import { test } from "node:test";

import { Concerns } from "../../static/js/models/concerns.js";

test("a part is out of date when one of its kinds has happened", () => {
  const concerns = new Concerns();

  concerns.heard("task.added");
  concerns.heard("state.changed");
  const concerned = concerns.take();

  assert.deepEqual(["task milestone", "state", "*", "member", "tasks"].map(concerned), [true, true, true, false, false]);
});

test("what was taken is no news any more, and what happens meanwhile is", () => {
  const concerns = new Concerns();
  concerns.heard("task.added");

  const first = concerns.take();
  concerns.heard("member.left");

  assert.equal(first("member"), false);
  assert.equal(concerns.any, true);
  assert.equal(concerns.take()("task"), false);
  assert.equal(concerns.any, false);
});

test("everything is out of date where nobody knows what has happened", () => {
  const concerns = new Concerns();

  concerns.everything();

  assert.equal(concerns.any, true);
  assert.equal(concerns.take()("member"), true);
});

test("what could not be fetched stays out of date", () => {
  const concerns = new Concerns();
  concerns.heard("task.added");
  concerns.take();

  concerns.giveBack();

  assert.equal(concerns.take()("task"), true);
});
