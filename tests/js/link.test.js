import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Link } from "../../static/js/models/link.js";
import { TestSocket, welcome } from "./sockets.js";

beforeEach(() => {
  globalThis.WebSocket = TestSocket;
  TestSocket.made = [];
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  mock.method(Math, "random", () => 1);
});
afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

function opened(probe) {
  const heard = [];
  const states = [];
  const link = new Link({
    address: () => "ws://test/",
    hear: (frame) => heard.push(frame.type),
    changed: ({ name, reason }) => states.push(reason ?? name),
    probe,
  });
  link.open();
  return { heard, states, link };
}

test("a link offers digi.v2 and is live once it is welcomed", () => {
  const { heard, states, link } = opened();
  assert.equal(TestSocket.last.protocol, "digi.v2");
  assert.equal(link.send({ type: "typing" }), false);

  TestSocket.last.says(welcome);

  assert.deepEqual(states, ["connecting", "live"]);
  assert.deepEqual(heard, ["welcome"]);
  assert.equal(link.send({ type: "typing" }), true);
});

test("a lost link waits longer each time and starts over once welcomed", () => {
  const { link } = opened();
  const waits = [];
  for (let round = 0; round < 3; round += 1) {
    TestSocket.last.ends(1006);
    waits.push(link.state.retryAt - Date.now());
    link.hurry();
  }
  TestSocket.last.says(welcome);
  TestSocket.last.ends(1012);
  waits.push(link.state.retryAt - Date.now());

  assert.deepEqual(waits, [500, 1000, 2000, 500]);
});

test("a lost link opens again by itself", () => {
  const { states } = opened();
  TestSocket.last.says(welcome);
  TestSocket.last.ends(4408);

  mock.timers.tick(500);

  assert.equal(TestSocket.made.length, 2);
  assert.deepEqual(states, ["connecting", "live", "waiting", "connecting"]);
});

for (const [code, reason] of [[4401, "signed_out"], [4403, "removed"]]) {
  test(`close code ${code} ends the link: ${reason}`, () => {
    const { states } = opened();
    TestSocket.last.says(welcome);
    TestSocket.last.ends(code);

    mock.timers.tick(600_000);

    assert.equal(states.at(-1), reason);
    assert.equal(TestSocket.made.length, 1);
  });
}

for (const [code, least] of [[4400, 10_000], [4409, 30_000], [4413, 5000], [4429, 30_000]]) {
  test(`close code ${code} is answered with patience`, () => {
    const { link } = opened();
    TestSocket.last.says(welcome);

    TestSocket.last.ends(code);

    assert.equal(link.state.retryAt - Date.now(), least);
    assert.equal(link.state.code, code);
  });
}

test("silence of two and a half heartbeats is a lost link", () => {
  const { states } = opened();
  TestSocket.last.says({ ...welcome, heartbeat: 10 });
  mock.timers.tick(20_000);
  TestSocket.last.says({ type: "heartbeat", head: 0 });
  mock.timers.tick(24_999);
  assert.equal(states.at(-1), "live");

  mock.timers.tick(1);

  assert.equal(states.at(-1), "waiting");
});

test("a link in doubt is lost once, and only while it is live", () => {
  const { states, link } = opened();
  link.doubt();
  TestSocket.last.says(welcome);

  link.doubt();
  link.doubt();

  assert.deepEqual(states, ["connecting", "live", "waiting"]);
});

test("a server that never welcomes is a lost link", () => {
  const { states } = opened();

  mock.timers.tick(10_000);

  assert.equal(states.at(-1), "waiting");
});

test("frames of a socket that was given up are not heard", () => {
  const { heard, link } = opened();
  const old = TestSocket.last;
  old.says(welcome);
  link.renew();
  link.hurry();

  old.says({ type: "heartbeat", head: 0 });
  old.ends(4401);

  assert.deepEqual(heard, ["welcome"]);
  assert.equal(link.state.name, "connecting");
});

test("handshakes that are refused twice make the link ask why", async () => {
  let asked = 0;
  const { states } = opened(async () => {
    asked += 1;
    return "signed_out";
  });
  TestSocket.last.ends(1006);
  mock.timers.tick(500);
  assert.equal(asked, 0);

  TestSocket.last.ends(1006);
  mock.timers.tick(1000);
  await Promise.resolve();
  await Promise.resolve();

  assert.equal(asked, 1);
  assert.equal(states.at(-1), "signed_out");
});

test("a server that is only away is tried again", async () => {
  opened(async () => "unreachable");
  TestSocket.last.ends(1006);
  mock.timers.tick(500);
  TestSocket.last.ends(1006);

  mock.timers.tick(1000);
  await Promise.resolve();
  await Promise.resolve();

  assert.equal(TestSocket.made.length, 3);
});
