import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Conversation } from "../../static/js/models/conversation.js";
import { MemoryStore } from "../../static/js/models/outbox.js";
import { member, message } from "./room.js";
import { TestSocket, welcome } from "./sockets.js";

beforeEach(() => {
  globalThis.WebSocket = TestSocket;
  TestSocket.made = [];
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
});
afterEach(() => mock.timers.reset());

const noDrafts = { async get() { return null; }, async put() {}, async delete() {} };

/** What the server says of Alice's and Bob's room, which has three messages. */
function told({ alice = {}, bob = {} } = {}) {
  return {
    id: "r1", connection_id: "Z", head: 3, unread: 0, read: 0, receipts: true, draft: "",
    members: [member("alice", alice), member("bob", bob)],
  };
}

/** Alice's page of the room, live; `server.room` is what the server says when it is asked. */
function live(room = told()) {
  const server = { room, asked: 0 };
  const call = async () => {
    server.asked += 1;
    if (!server.room) throw Object.assign(new Error(), { status: 503 });
    return server.room;
  };
  const conversation = new Conversation({
    data: { room, messages: [message(1, { user: "alice" }), message(2), message(3)], more: false, sources: [] },
    me: "alice",
    world: { call, socket: (path) => `ws://test/${path}`, stores: { outbox: new MemoryStore(), drafts: noDrafts }, turn: (_name, work) => work() },
    on: { changed() {}, arrived() {}, typing() {}, state() {}, synced() {}, told() {} },
  });
  conversation.link.open();
  comeIn();
  return { conversation, server };
}

function comeIn() {
  TestSocket.last.says({ ...welcome, head: 3 }, { type: "synced", n: 3 });
}

/** The socket is lost, and another one comes some time later. */
async function comeBack() {
  TestSocket.last.ends(1006);
  mock.timers.tick(60_000);
  comeIn();
  await answers();
}

const answers = () => new Promise((done) => setImmediate(done));
const marksSent = () => TestSocket.last.took().filter(({ type }) => ["read", "delivered"].includes(type));

test("what others have read while the socket was away is known when it is back", async () => {
  const { conversation, server } = live();
  server.room = told({ bob: { read: 1, delivered: 3 } });

  await comeBack();

  assert.equal(conversation.members.progress(1), "read");
});

test("a mark that went into a dead socket is told again by the next", async () => {
  const { conversation } = live();
  conversation.seen(3);
  assert.deepEqual(marksSent(), [{ type: "read", seq: 3 }]);

  await comeBack();

  assert.deepEqual(marksSent(), [{ type: "read", seq: 3 }]);
});

test("a mark that the server has is not told again", async () => {
  const { conversation, server } = live();
  conversation.seen(3);
  server.room = told({ alice: { read: 3, delivered: 3 } });

  await comeBack();

  assert.deepEqual(marksSent(), []);
});

test("the room is not asked for where no socket was lost", async () => {
  const { server } = live();

  TestSocket.last.says({ type: "heartbeat", head: 4 }, { type: "synced", n: 3 });
  await answers();

  assert.equal(server.asked, 0);
});

test("a server that does not answer is asked again the next time", async () => {
  const { conversation, server } = live();
  server.room = null;
  await comeBack();
  server.room = told({ bob: { read: 3, delivered: 3 } });

  TestSocket.last.says({ type: "heartbeat", head: 4 }, { type: "synced", n: 3 });
  await answers();

  assert.equal(conversation.members.progress(3), "read");
});

test("frames that overtake the server's answer stay", async () => {
  const { conversation } = live();
  TestSocket.last.ends(1006);
  mock.timers.tick(60_000);

  comeIn();
  TestSocket.last.says({ type: "presence", user: "bob", state: "online" }, { type: "read", user: "bob", seq: 3 });
  await answers();

  const { presence, read, delivered } = conversation.members.get("bob");
  assert.deepEqual([presence, read, delivered], ["online", 3, 3]);
});
