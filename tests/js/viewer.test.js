import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Viewer } from "../../static/js/models/viewer.js";
import { envelope, opened } from "../../static/js/models/wire.js";
import { TestSocket } from "./sockets.js";

// The other end of a binary socket.
class Server extends TestSocket {
  send(bytes) {
    this.sent.push(opened(bytes));
  }

  tells(name, value, ids) {
    this.readyState = TestSocket.OPEN;
    this.onmessage({ data: envelope(name, value, ids).slice().buffer });
  }

  /** What was sent of this kind and not asked for yet. */
  heard(name) {
    return this.took().filter((one) => one.name === name);
  }
}

let happened;
let shown;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  globalThis.WebSocket = Server;
  TestSocket.made = [];
  happened = [];
  shown = [];
});

afterEach(() => mock.timers.reset());

function viewer() {
  const made = new Viewer({
    address: () => "ws://here/", codecs: ["h264", "jpeg"], now: () => Date.now(),
    changed: (what, detail) => happened.push([what, detail]), display: (chunk) => shown.push(chunk),
  });
  made.link.open();
  const server = TestSocket.last;
  server.readyState = TestSocket.OPEN;
  server.onopen();
  server.onmessage({ data: new Uint8Array([8, 10]).buffer }); // brightness 10, bare
  server.tells("hello", { role: "operator", heartbeatMs: 10_000, online: true, since: 5n });
  server.tells("settingsChanged", { desired: { contrast: 1, fps: 30, revision: 4n }, applied: { contrast: 1, fps: 30 } });
  return { made, server };
}

const CHUNK = { streamEpoch: 1, seq: 9, codec: "h264", capturedAt: 0, width: 640, height: 480, data: new Uint8Array(100) };

test("a viewer says what it can show, and is let in", () => {
  const { made, server } = viewer();

  const [hello] = server.heard("hello");

  assert.deepEqual([hello.value.role, hello.value.codecs], ["viewer", [1, 2]]);
  assert.deepEqual([made.role, made.camera.online, made.link.state.name, made.board.revision], ["operator", true, "live", 4]);
});

test("a picture that is shown gives credit and is measured by the server's clock", () => {
  const { made, server } = viewer();
  mock.timers.tick(1);
  const [beat] = server.heard("heartbeat");
  const sent = Number(beat.value.nowUs) / 1000;
  mock.timers.tick(4);
  server.tells("heartbeat", { receivedUs: BigInt((sent + 102) * 1000), nowUs: BigInt((sent + 102) * 1000) }, { replyTo: beat.id });

  made.shown({ ...CHUNK, capturedAt: Date.now() + 100 - 30 });
  made.shown({ ...CHUNK, seq: 10, capturedAt: Date.now() + 100 - 30 });

  assert.deepEqual([made.clocks.offset, made.delay.quantile(0.5)], [100, 30]);
  assert.equal(server.heard("flowAck")[0].value.received, 2n);
});

test("a wish names the revision it was made from and is answered", () => {
  const { made, server } = viewer();

  assert.ok(made.set({ contrast: 1.5 }));
  const [asked] = server.heard("setSettings");
  server.tells("settingsChanged", { desired: { contrast: 1.5, fps: 30, revision: 5n }, applied: { contrast: 1 } }, { replyTo: asked.id });

  assert.deepEqual([asked.value.ifRevision, asked.value.settings.contrast], [4n, 1.5]);
  assert.equal(made.board.status("contrast", Date.now()).state, "pending");
});

test("what others set elsewhere does not stop a wish", () => {
  const { made, server } = viewer();
  made.set({ contrast: 1.5 });
  const [asked] = server.heard("setSettings");

  server.tells("error", { code: "conflict", fields: { fps: "10" }, current: { contrast: 1, fps: 10, revision: 5n } }, { replyTo: asked.id });

  const [again] = server.heard("setSettings");
  assert.deepEqual([again.value.ifRevision, again.value.settings.contrast], [5n, 1.5]);
  assert.ok(!happened.some(([what]) => what === "conflict"));
});

test("what others set to something else is the person's to decide", () => {
  const { made, server } = viewer();
  made.set({ contrast: 1.5 });
  const [asked] = server.heard("setSettings");

  server.tells("error", { code: "conflict", fields: { contrast: "2" }, current: { contrast: 2, fps: 30, revision: 5n } }, { replyTo: asked.id });

  assert.deepEqual(server.heard("setSettings"), []);
  const [, detail] = happened.find(([what]) => what === "conflict");
  assert.deepEqual(detail, { names: ["contrast"], current: { contrast: 2, fps: 30 }, patch: { contrast: 1.5 } });
});

test("a refusal is told with the server's sentence", () => {
  const { made, server } = viewer();
  made.set({ fps: 60 });
  const [asked] = server.heard("setSettings");

  server.tells("error", { code: "invalid", message: "At most 30.", fields: { fps: "At most 30." } }, { replyTo: asked.id });

  const [, detail] = happened.find(([what]) => what === "refused");
  assert.deepEqual(detail, { code: "invalid", sentence: "At most 30.", names: ["fps"], patch: { fps: 60 } });
  assert.equal(made.board.status("fps", Date.now()).state, "applied");
});

test("without a connection nothing is asked", () => {
  const { made, server } = viewer();

  server.ends(1006);

  assert.equal(made.set({ contrast: 2 }), false);
  assert.ok(!made.board.waits);
});

test("what was asked on a connection that dies is handed back, and waits for no answer", () => {
  const { made, server } = viewer();
  made.set({ contrast: 1.2, fps: 25 });
  made.set({ contrast: 1.5 });

  server.ends(1006);

  assert.deepEqual(happened.filter(([what]) => what === "unsent"), [["unsent", { contrast: 1.5, fps: 25 }]]);
  assert.equal(made.board.status("contrast", Date.now()).state, "applied");
  assert.ok(!made.board.waits);
});

test("what the server has answered before the connection dies is not asked again", () => {
  const { made, server } = viewer();
  made.set({ contrast: 1.5 });
  const [asked] = server.heard("setSettings");
  server.tells("settingsChanged", { desired: { contrast: 1.5, fps: 30, revision: 5n }, applied: { contrast: 1 } }, { replyTo: asked.id });

  server.ends(1006);

  assert.ok(!happened.some(([what]) => what === "unsent"));
});

test("a pause is told at once, and again on another socket", () => {
  const { made, server } = viewer();

  made.pause(true);
  server.ends(1006);
  mock.timers.tick(600);
  const next = TestSocket.last;
  next.readyState = TestSocket.OPEN;
  next.onopen();
  next.tells("status", {});
  next.tells("hello", { online: true });

  assert.equal(server.heard("flowAck")[0].value.paused, true);
  assert.equal(next.heard("flowAck")[0].value.paused, true);
});

test("a picture that is due is asked for", () => {
  const { server } = viewer();

  mock.timers.tick(1000);

  assert.ok(server.heard("keyframeRequest").length >= 1);
});

test("pictures go to who shows them, and the server's drops are counted", () => {
  const { made, server } = viewer();

  server.tells("videoChunk", { streamEpoch: 1, seq: 3n, codec: 1, keyframe: true, data: new Uint8Array([1]) });
  server.tells("dropped", { droppedBefore: 2, droppedTotal: 7n });
  made.skipped();

  assert.deepEqual([shown.length, shown[0].seq, made.figures.dropped], [1, 3, 8]);
});
