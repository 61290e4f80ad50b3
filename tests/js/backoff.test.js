import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Backoff } from "../../static/js/models/backoff.js";

test("a backoff doubles its bound up to the most", () => {
  mock.method(Math, "random", () => 1);
  const backoff = new Backoff({ first: 100, most: 500 });

  const waits = [1, 2, 3, 4, 5].map(() => backoff.next());

  assert.deepEqual(waits, [100, 200, 400, 500, 500]);
  mock.restoreAll();
});

test("a backoff leaves half of each wait to chance", () => {
  const waits = Array.from({ length: 200 }, () => new Backoff({ first: 100 }).next());

  assert.ok(Math.min(...waits) >= 50 && Math.max(...waits) <= 100);
  assert.ok(new Set(waits).size > 100);
});

test("a reset backoff starts over", () => {
  mock.method(Math, "random", () => 1);
  const backoff = new Backoff({ first: 100 });
  backoff.next();
  backoff.next();

  backoff.reset();

  assert.equal(backoff.next(), 100);
  mock.restoreAll();
});
