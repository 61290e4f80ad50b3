import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { VideoLink } from "../../static/js/models/video-link.js";
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

function link(more = {}) {
  const made = new VideoLink({
    address: () => "ws://here/ws/camera/lab/", begin: () => heard.push("begin"),
    hear: (bytes, first) => heard.push([...bytes, first]), changed: (state) => states.push(state.name), ...more,
  });
  made.open();
  return made;
}

const bytes = (...values) => ({ data: new Uint8Array(values).buffer });

test("a link asks for camera.v1 and tells the first frame apart", () => {
  link();

  TestSocket.last.onopen();
  TestSocket.last.onmessage(bytes(1));
  TestSocket.last.onmessage(bytes(2));

  assert.deepEqual([TestSocket.last.protocol, TestSocket.last.binaryType], ["camera.v1", "arraybuffer"]);
  assert.deepEqual(heard, ["begin", [1, true], [2, false]]);
});

test("a link that is lost tries again by itself", () => {
  const made = link();
  made.welcome(10_000);

  TestSocket.last.ends(1006);
  mock.timers.tick(600);

  assert.deepEqual(states, ["connecting", "live", "waiting", "connecting"]);
  assert.equal(TestSocket.made.length, 2);
});

test("a link that hears nothing for two and a half heartbeats is lost", () => {
  const made = link();
  made.welcome(10_000);

  mock.timers.tick(24_000);
  TestSocket.last.onmessage(bytes(1));
  mock.timers.tick(24_000);
  assert.equal(made.state.name, "live");

  mock.timers.tick(1100);
  assert.equal(made.state.name, "waiting");
});

test("a grant that is withdrawn ends it", () => {
  const made = link();
  made.welcome(10_000);

  TestSocket.last.ends(4403);
  mock.timers.tick(60_000);

  assert.deepEqual([made.state.name, made.state.reason], ["ended", "withdrawn"]);
  assert.equal(TestSocket.made.length, 1);
});

test("a refused handshake asks why after two tries", async () => {
  const made = link({ probe: async () => "signed_out" });

  for (let n = 0; n < 3; n += 1) {
    TestSocket.last.ends(1006);
    mock.timers.tick(10_000);
    await Promise.resolve();
    await Promise.resolve();
  }

  assert.deepEqual([made.state.name, made.state.reason], ["ended", "signed_out"]);
});

test("a server that asks for patience gets it", () => {
  const made = link();
  made.welcome(10_000);

  TestSocket.last.ends(4429);

  assert.ok(made.state.retryAt - Date.now() >= 30_000);
});
