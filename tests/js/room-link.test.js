import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Lost } from "../../static/js/models/link.js";
import { RoomLog } from "../../static/js/models/log.js";
import { RoomLink } from "../../static/js/models/room-link.js";
import { add } from "./room.js";
import { TestSocket, welcome } from "./sockets.js";

beforeEach(() => {
  globalThis.WebSocket = TestSocket;
  TestSocket.made = [];
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
});
afterEach(() => mock.timers.reset());

function opened({ head = 10, expired = async () => "unreachable" } = {}) {
  const heard = [];
  const states = [];
  let synced = 0;
  const log = new RoomLog({ head });
  const link = new RoomLink({
    address: () => "ws://test/",
    log,
    on: {
      frame: (frame, past) => heard.push([frame.type, frame.n ?? frame.seq, past]),
      state: ({ name, reason }) => states.push(reason ?? name),
      synced: () => (synced += 1),
      expired,
    },
  });
  link.open();
  return { heard, states, log, link, syncs: () => synced };
}

function live(options) {
  const room = opened(options);
  TestSocket.last.says(welcome, { type: "synced", n: 10 });
  TestSocket.last.took();
  return room;
}

test("a welcome is answered by resuming from the log's head", () => {
  const { heard, link, log, syncs } = opened();

  TestSocket.last.says({ ...welcome, head: 12 });
  assert.deepEqual(TestSocket.last.took(), [{ type: "resume", since: 10 }]);
  assert.equal(link.live, false);
  TestSocket.last.says({ type: "passed", from: 11, to: 11 }, add(12), { type: "synced", n: 12 });

  assert.deepEqual(heard, [["passed", undefined, true], ["add", 12, true]]);
  assert.deepEqual([log.head, link.live, syncs()], [12, true, 1]);
});

test("live frames are applied in order and acknowledged", () => {
  const { heard } = live();

  TestSocket.last.says(add(11), add(12));
  mock.timers.tick(250);

  assert.deepEqual(heard, [["add", 11, false], ["add", 12, false]]);
  assert.deepEqual(TestSocket.last.took(), [{ type: "ack", n: 12 }]);
});

test("a gap is filled by one resume, and frames that come twice are dropped", () => {
  const { heard, log } = live();

  TestSocket.last.says(add(11), add(13), add(14));
  assert.deepEqual(TestSocket.last.took(), [{ type: "resume", since: 11 }]);
  TestSocket.last.says(add(12), add(13), add(14), { type: "synced", n: 14 }, add(14));

  assert.deepEqual(heard.map(([, n]) => n), [11, 12, 13, 14]);
  assert.equal(log.head, 14);
});

test("a heartbeat with a newer head shows that the last frame was lost", () => {
  live();
  TestSocket.last.says({ type: "heartbeat", head: 10 });
  assert.deepEqual(TestSocket.last.took(), []);

  TestSocket.last.says({ type: "heartbeat", head: 11 });

  assert.deepEqual(TestSocket.last.took(), [{ type: "resume", since: 10 }]);
});

test("a resume that the server cannot serve now is asked again", () => {
  opened();
  TestSocket.last.says(welcome, { type: "error", code: "rate_limited", message: "…", retry_after: 3 });
  TestSocket.last.took();

  mock.timers.tick(3000);

  assert.deepEqual(TestSocket.last.took(), [{ type: "resume", since: 10 }]);
});

test("a resume that goes on is waited for, one that stops gives the connection up", () => {
  const { states } = opened();
  TestSocket.last.says(welcome);
  for (const n of [11, 12]) {
    mock.timers.tick(9000);
    TestSocket.last.says(add(n));
  }
  assert.equal(states.at(-1), "live");

  mock.timers.tick(10_000);

  assert.equal(states.at(-1), "waiting");
});

test("a reconnect resumes from what was applied", () => {
  live();
  TestSocket.last.says(add(11));
  TestSocket.last.ends(1012);
  mock.timers.tick(500);

  TestSocket.last.says(welcome);

  assert.deepEqual(TestSocket.last.took(), [{ type: "resume", since: 11 }]);
});

test("an answer goes to who asked", async () => {
  const { link } = live();
  const [first, second] = [link.ask({ type: "add", cid: "a" }), link.ask({ type: "add", cid: "b" })];

  TestSocket.last.says({ type: "error", cid: "b", code: "empty", message: "…" }, { type: "ok", cid: "a", n: 11 });

  assert.equal((await first).n, 11);
  assert.equal((await second).code, "empty");
});

test("a question is lost with its connection", async () => {
  const { link } = live();
  const asked = link.ask({ type: "add", cid: "a" });

  TestSocket.last.ends(1006);

  await assert.rejects(asked, Lost);
  await assert.rejects(link.ask({ type: "add", cid: "b" }), Lost);
});

test("a question without an answer gives the connection up", async () => {
  const { link, states } = live();
  const asked = link.ask({ type: "add", cid: "a" });

  mock.timers.tick(10_000);

  await assert.rejects(asked, Lost);
  assert.equal(states.at(-1), "waiting");
});

test("an address that is too old is replaced, and the close that follows is no end", async () => {
  const { states } = opened({ expired: async () => "fresh" });

  TestSocket.last.says({ type: "error", code: "connection_expired", message: "…" });
  TestSocket.last.ends(4403);
  await new Promise(setImmediate);

  assert.equal(TestSocket.made.length, 2);
  assert.deepEqual(states, ["connecting", "connecting"]);
});

test("a person who was removed meanwhile gets no new address", async () => {
  const { states } = opened({ expired: async () => "removed" });

  TestSocket.last.says({ type: "error", code: "connection_expired", message: "…" });
  TestSocket.last.ends(4403);
  await new Promise(setImmediate);

  assert.deepEqual([TestSocket.made.length, states.at(-1)], [1, "removed"]);
});

test("an address that cannot be renewed just now is tried later", async () => {
  const { states } = opened({ expired: async () => "unreachable" });

  TestSocket.last.says({ type: "error", code: "connection_expired", message: "…" });
  TestSocket.last.ends(4403);
  await new Promise(setImmediate);

  assert.equal(states.at(-1), "waiting");
});
