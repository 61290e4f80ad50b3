import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { TypingSignal, TypingTracker } from "../../static/js/models/typing.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));
afterEach(() => mock.timers.reset());

function tracked() {
  const said = [];
  return { said, tracker: new TypingTracker((users) => said.push(users)) };
}

test("a tracker tells who writes, once a person", () => {
  const { said, tracker } = tracked();

  tracker.heard("bob");
  tracker.heard("bob");
  tracker.heard("carol");

  assert.deepEqual(said, [["bob"], ["bob", "carol"]]);
});

test("a tracker forgets who falls silent", () => {
  const { said, tracker } = tracked();
  tracker.heard("bob");
  mock.timers.tick(5000);
  tracker.heard("bob");
  mock.timers.tick(5000);
  assert.deepEqual(said, [["bob"]]);

  mock.timers.tick(1000);

  assert.deepEqual(said, [["bob"], []]);
});

test("a tracker forgets a writer whose message has come", () => {
  const { said, tracker } = tracked();
  tracker.heard("bob");

  tracker.stopped("bob");
  tracker.stopped("bob");

  assert.deepEqual(said, [["bob"], []]);
});

test("a signal is due at once and then every three seconds", () => {
  const signal = new TypingSignal();

  const due = [0, 1000, 1999, 1, 500].map((pause) => {
    mock.timers.tick(pause);
    return signal.due();
  });

  assert.deepEqual(due, [true, false, false, true, false]);
});
