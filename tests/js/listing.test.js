import assert from "node:assert/strict";
import { test } from "node:test";

import { Listing } from "../../static/js/models/listing.js";
import { RoomList } from "../../static/js/models/rooms.js";
import { add, member, message } from "./room.js";

const room = (id, changes = {}) => ({
  id, members: [member("alice"), member("bob")], unread: 0, last_message: message(5), head: 5, read: 0, ...changes,
});

/** An API whose answers a test gives when it likes: `answer(path, body)`. */
function server() {
  const waiting = [];
  return {
    asked: [],
    call(method, path) {
      this.asked.push(path);
      return new Promise((resolve, reject) => waiting.push({ path, resolve, reject }));
    },
    async answer(path, body) {
      const at = waiting.findIndex((question) => question.path === path);
      const [{ resolve, reject }] = waiting.splice(at, 1);
      if (body instanceof Error) reject(body);
      else resolve(body);
      await new Promise(setImmediate);
    },
  };
}

function listing() {
  const api = server();
  const rooms = new RoomList({ rooms: [], me: "alice" });
  const list = new Listing({ rooms, call: (...asked) => api.call(...asked), changed: () => {} });
  return { api, rooms, list };
}

const read = (seq) => ({ type: "read", room: "a", user: "alice", seq });

test("a list is what the server gives", async () => {
  const { api, rooms, list } = listing();
  const loading = list.load();

  await api.answer("rooms/", { results: [room("a"), room("b")] });

  assert.equal(await loading, "fresh");
  assert.deepEqual(rooms.all.map(({ id }) => id), ["a", "b"]);
});

test("a frame that comes while the list is fetched outlives the answer", async () => {
  const { api, rooms, list } = listing();
  const loading = list.load();
  list.heard(read(5));
  await api.answer("rooms/", { results: [room("a", { unread: 1 })] });
  await loading;

  await api.answer("rooms/a/", room("a", { unread: 0, read: 5 }));

  assert.equal(rooms.unread, 0);
});

test("a frame that comes while a room is fetched makes it be asked for again", async () => {
  const { api, rooms, list } = listing();
  rooms.put(room("a", { unread: 3 }));
  assert.equal(list.heard(read(2)), "ask");
  list.heard(read(5));

  await api.answer("rooms/a/", room("a", { unread: 2, read: 2 }));
  await api.answer("rooms/a/", room("a", { unread: 0, read: 5 }));

  assert.equal(rooms.unread, 0);
  assert.deepEqual(api.asked, ["rooms/a/", "rooms/a/"]);
});

test("a room that enters while the list is fetched stays", async () => {
  const { api, rooms, list } = listing();
  const loading = list.load();
  list.heard({ ...add(6), room: "b" });
  await api.answer("rooms/b/", room("b"));
  await api.answer("rooms/", { results: [room("a")] });
  await loading;

  await api.answer("rooms/b/", room("b"));

  assert.deepEqual(rooms.all.map(({ id }) => id), ["b", "a"]);
});

test("a room that leaves while it is fetched stays away", async () => {
  const { api, rooms, list } = listing();
  rooms.put(room("a", { unread: 3 }));
  list.heard(read(2));
  list.heard({ type: "gone", room: "a" });

  await api.answer("rooms/a/", room("a"));

  assert.deepEqual(rooms.all, []);
});

test("what happens in a hidden room does not bring it back, save a message", async () => {
  const { api, rooms, list } = listing();
  const loading = list.load();
  list.heard(read(5));
  list.heard({ type: "presence", room: "a", user: "bob", state: "online" });

  await api.answer("rooms/", { results: [] });
  await loading;

  assert.deepEqual([rooms.all, api.asked], [[], ["rooms/"]]);
});

test("only the last of two fetches counts", async () => {
  const { api, rooms, list } = listing();
  const first = list.load();
  const second = list.load();
  const [older, newer] = [[room("a", { unread: 1 })], [room("a", { unread: 2 })]];

  await api.answer("rooms/", { results: older });
  await api.answer("rooms/", { results: newer });
  await Promise.all([first, second]);

  assert.equal(rooms.unread, 2);
});

test("a list says why it could not be fetched", async () => {
  const { api, list } = listing();
  const outcomes = [];
  for (const status of [401, 0]) {
    const loading = list.load();
    await api.answer("rooms/", Object.assign(new Error(), { status }));
    outcomes.push(await loading);
  }

  assert.deepEqual(outcomes, ["signed_out", "unreachable"]);
});
