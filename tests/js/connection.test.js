import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Connection } from "../../static/js/models/connection.js";
import { TestSocket } from "./sockets.js";

let states;
let heard;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  globalThis.WebSocket = TestSocket;
  TestSocket.made = [];
  states = [];
  heard = [];
});

afterEach(() => mock.timers.reset());

function opened(more = {}) {
  const made = new Connection({
    address: () => "ws://here/ws/camera/lab/", protocol: "camera.v1", binary: true, most: 10_000,
    ends: { 4401: "signed_out", 4403: "withdrawn" }, begin: () => heard.push("begin"),
    hear: (data, first) => heard.push([...new Uint8Array(data), first]), changed: (state) => states.push(state.name), ...more,
  });
  made.open();
  return made;
}

const bytes = (...values) => ({ data: new Uint8Array(values).buffer });

test("a connection asks for its protocol and tells the first frame apart", () => {
  opened();

  TestSocket.last.onopen();
  TestSocket.last.onmessage(bytes(1));
  TestSocket.last.onmessage(bytes(2));

  assert.deepEqual([TestSocket.last.protocol, TestSocket.last.binaryType], ["camera.v1", "arraybuffer"]);
  assert.deepEqual(heard, ["begin", [1, true], [2, false]]);
});

test("a connection that is lost tries again by itself", () => {
  const made = opened();
  made.welcome(10_000);

  TestSocket.last.ends(1006);
  mock.timers.tick(600);

  assert.deepEqual(states, ["connecting", "live", "waiting", "connecting"]);
  assert.equal(TestSocket.made.length, 2);
});

test("a connection that hears nothing for two and a half heartbeats is lost", () => {
  const made = opened();
  made.welcome(10_000);

  mock.timers.tick(24_000);
  TestSocket.last.onmessage(bytes(1));
  mock.timers.tick(24_000);
  assert.equal(made.state.name, "live");

  mock.timers.tick(1100);
  assert.equal(made.state.name, "waiting");
});

test("a grant that is withdrawn ends it", () => {
  const made = opened();
  made.welcome(10_000);

  TestSocket.last.ends(4403);
  mock.timers.tick(60_000);

  assert.deepEqual([made.state.name, made.state.reason], ["ended", "withdrawn"]);
  assert.equal(TestSocket.made.length, 1);
});

test("a refused handshake asks why after two tries", async () => {
  const made = opened({ probe: async () => "signed_out" });

  for (let n = 0; n < 3; n += 1) {
    TestSocket.last.ends(1006);
    mock.timers.tick(10_000);
    await Promise.resolve();
    await Promise.resolve();
  }

  assert.deepEqual([made.state.name, made.state.reason], ["ended", "signed_out"]);
});

test("a server that asks for patience gets it", () => {
  const made = opened();
  made.welcome(10_000);

  TestSocket.last.ends(4429);

  assert.ok(made.state.retryAt - Date.now() >= 30_000);
});
