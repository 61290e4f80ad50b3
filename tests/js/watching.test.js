// What the camera page measures and says: clocks, delay, figures, credit, stills, and how things stand.

import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";

import { Clocks } from "../../static/js/models/clocks.js";
import { Credit } from "../../static/js/models/credit.js";
import { Delay, quantile } from "../../static/js/models/delay.js";
import { Figures } from "../../static/js/models/figures.js";
import { standing } from "../../static/js/models/standing.js";
import { Stills } from "../../static/js/models/stills.js";

afterEach(() => mock.timers.reset());

test("clocks follow the quickest heartbeat", () => {
  const clocks = new Clocks();

  clocks.heard({ sent: 0, received: 1060, answered: 1060, now: 100 });
  clocks.heard({ sent: 200, received: 1201, answered: 1205, now: 206 });

  assert.deepEqual([clocks.offset, clocks.roundTrip], [1000, 2]);
});

test("clocks forget the ninth heartbeat before", () => {
  const clocks = new Clocks();
  clocks.heard({ sent: 0, received: 5, answered: 5, now: 0 });

  for (let n = 0; n < 8; n += 1) clocks.heard({ sent: 0, received: 55, answered: 55, now: 10 });

  assert.deepEqual([clocks.offset, clocks.roundTrip], [50, 10]);
});

test("credit is told after every second picture and soon after the last", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const told = [];
  const credit = new Credit(({ received }) => told.push(received));

  for (let n = 0; n < 5; n += 1) credit.took();
  mock.timers.tick(30);

  assert.deepEqual(told, [2, 4, 5]);
});

test("credit says at once that it pauses, and counts from nothing on another socket", () => {
  const told = [];
  const credit = new Credit((ack) => told.push(ack));
  credit.took();

  credit.pause(true);
  credit.restart();
  credit.pause(false);

  assert.deepEqual(told, [{ received: 1, paused: true }, { received: 0, paused: false }]);
});

test("a quantile is the nearest rank", () => {
  assert.deepEqual([quantile([3, 1, 2, 10], 0.5), quantile([3, 1, 2, 10], 0.95), quantile([], 0.5)], [2, 10, null]);
});

test("the delay of now forgets what is two seconds old", () => {
  const delay = new Delay();

  delay.add(900, 0);
  delay.add(10, 2500);

  assert.equal(delay.quantile(0.5), 10);
});

test("the delay of ten minutes has a point for each five seconds", () => {
  const delay = new Delay();

  for (let now = 0; now <= 700_000; now += 1000) delay.add(now < 5000 ? 500 : 20, now);

  assert.ok(delay.series.length >= 119 && delay.series.length <= 121);
  assert.ok(delay.series.every(({ ms }) => ms === 20));
});

test("figures count pictures and bits of two seconds", () => {
  const figures = new Figures();

  for (let now = 0; now < 4000; now += 40) figures.shown(1000, now);

  assert.deepEqual([Math.round(figures.rate(3960)), Math.round(figures.bits(3960)), figures.frames], [25, 200_000, 100]);
});

test("figures say nothing comes when nothing comes", () => {
  const figures = new Figures();
  figures.shown(1000, 0);

  assert.deepEqual([figures.rate(5000), figures.bits(5000)], [0, 0]);
});

test("what was left out adds up over sockets", () => {
  const figures = new Figures();

  figures.leftOut(5);
  figures.discarded();
  figures.restart();
  figures.leftOut(2);

  assert.equal(figures.dropped, 8);
});

const LIVE = { link: { name: "live", since: 0 }, camera: { online: true }, shown: 9000, noSignal: false, paused: false };
const CASES = [
  ["live", {}],
  ["connecting", { link: { name: "connecting", since: 0 }, camera: null, shown: null }],
  ["connecting", { link: { name: "waiting", since: 9500 }, camera: null, shown: null }],
  ["reconnecting", { link: { name: "waiting", since: 5000 }, camera: null, shown: null }],
  ["reconnecting", { link: { name: "waiting", since: 9500, code: 4409 }, camera: null, shown: null }],
  ["offline", { camera: { online: false } }],
  ["waiting", { shown: null }],
  ["nosignal", { noSignal: true }],
  ["old", { shown: 7000 }],
  ["paused", { paused: true }],
  ["reconnecting", { link: { name: "waiting", since: 5000 } }],
  ["live", { link: { name: "waiting", since: 9500 } }],
];

for (const [name, change] of CASES) {
  test(`how things stand: ${JSON.stringify(change)} is ${name}`, () => {
    assert.equal(standing({ ...LIVE, ...change }, 10_000), name);
  });
}

test("of stills that wait only the newest is decoded", async () => {
  const shown = [];
  const skipped = [];
  let decoded;
  const stills = new Stills({
    decode: () => new Promise((resolve) => (decoded = () => resolve({ close() {} }))),
    show: (picture, { seq }) => shown.push(seq), skip: ({ seq }) => skipped.push(seq), failed: () => {},
  });

  [1, 2, 3].forEach((seq) => stills.take({ seq }));
  decoded();
  await new Promise(setImmediate);
  decoded();
  await new Promise(setImmediate);

  assert.deepEqual([shown, skipped], [[1, 3], [2]]);
});

test("a still that is no picture is skipped and said", async () => {
  const skipped = [];
  const faults = [];
  const stills = new Stills({
    decode: async () => { throw new Error("no JPEG"); },
    show: () => {}, skip: ({ seq }) => skipped.push(seq), failed: ({ message }) => faults.push(message),
  });

  stills.take({ seq: 1 });
  await new Promise(setImmediate);

  assert.deepEqual([skipped, faults], [[1], ["no JPEG"]]);
});
