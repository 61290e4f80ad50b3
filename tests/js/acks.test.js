import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { AckMeter } from "../../static/js/models/acks.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

test("a meter acknowledges the newest number a quarter of a second later", () => {
  const acks = [];
  const meter = new AckMeter((n) => acks.push(n));
  meter.got(7);
  meter.got(8);
  mock.timers.tick(249);
  assert.deepEqual(acks, []);

  mock.timers.tick(1);

  assert.deepEqual(acks, [8]);
});

test("a meter acknowledges every 64 frames at once", () => {
  const acks = [];
  const meter = new AckMeter((n) => acks.push(n));

  for (let n = 1; n <= 130; n += 1) meter.got(n);

  assert.deepEqual(acks, [64, 128]);
});

test("a closed meter keeps silent", () => {
  const acks = [];
  const meter = new AckMeter((n) => acks.push(n));
  meter.got(1);

  meter.close();
  mock.timers.tick(1000);

  assert.deepEqual(acks, []);
});
