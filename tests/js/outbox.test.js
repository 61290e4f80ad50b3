import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { MemoryStore, Outbox } from "../../static/js/models/outbox.js";

beforeEach(() => mock.timers.enable({ apis: ["Date"], now: 1_000_000 }));
afterEach(() => mock.timers.reset());

function box(store = new MemoryStore(), user = "alice", room = "r1") {
  return new Outbox({ store, user, room, changed: () => {} });
}

const texts = (outbox) => outbox.entries.map(({ message }) => message);

test("a post is stored before anything is sent", async () => {
  const store = new MemoryStore();

  const entry = await box(store).post("hi", "m1");

  assert.deepEqual(await store.list("alice", "r1"), [entry]);
  const { kind, message, reply_to, state } = entry;
  assert.deepEqual({ kind, message, reply_to, state }, { kind: "add", message: "hi", reply_to: "m1", state: "pending" });
});

test("an outbox hands its entries out in the order of writing", async () => {
  const outbox = box();
  const first = await outbox.post("one");
  await outbox.post("two");
  assert.equal(outbox.next().message, "one");

  await outbox.confirmed(first.cid, { type: "ok", seq: 5, message_id: "m5" });

  assert.equal(outbox.next().message, "two");
});

test("a confirmed message stays in sight until its own frame arrives, and is no longer stored", async () => {
  const store = new MemoryStore();
  const outbox = box(store);
  const { cid } = await outbox.post("hi");

  await outbox.confirmed(cid, { type: "ok", seq: 5, message_id: "m5" });
  assert.deepEqual([outbox.find(cid).state, outbox.find(cid).seq], ["sent", 5]);
  assert.deepEqual(await store.list("alice", "r1"), []);
  await outbox.arrived(cid);

  assert.deepEqual(outbox.entries, []);
});

test("a frame that arrives before its ok settles the entry", async () => {
  const store = new MemoryStore();
  const outbox = box(store);
  const { cid } = await outbox.post("hi");

  await outbox.arrived(cid);
  await outbox.confirmed(cid, { type: "ok", seq: 5, message_id: "m5" });

  assert.deepEqual(outbox.entries, []);
  assert.deepEqual(await store.list("alice", "r1"), []);
});

test("a refused entry fails, keeps its text and can be retried under a new id", async () => {
  const store = new MemoryStore();
  const outbox = box(store);
  const { cid } = await outbox.post("hi");
  await outbox.fail(cid, { code: "cid_conflict", message: "…" });
  assert.equal(outbox.next(), null);
  assert.deepEqual([outbox.find(cid).state, outbox.find(cid).message], ["failed", "hi"]);

  await outbox.retry(cid);

  const again = outbox.next();
  assert.notEqual(again.cid, cid);
  assert.equal(again.message, "hi");
  assert.deepEqual(await store.list("alice", "r1"), [again]);
});

test("a failed entry does not hold back the next", async () => {
  const outbox = box();
  const { cid } = await outbox.post("one");
  await outbox.post("two");

  await outbox.fail(cid, { code: "unknown_message", message: "…" });

  assert.equal(outbox.next().message, "two");
});

test("an entry that must wait holds back those after it, so that order holds", async () => {
  const outbox = box();
  const { cid } = await outbox.post("one");
  await outbox.post("two");

  await outbox.postpone(cid, 3000);
  assert.equal(outbox.next(), null);
  assert.equal(outbox.untilNext(), 3000);
  mock.timers.tick(3000);

  assert.equal(outbox.next().message, "one");
});

test("a delete waits for its time and holds nothing back", async () => {
  const outbox = box();
  await outbox.delete("m1", 6000);
  assert.equal(outbox.untilNext(), 6000);
  const { cid } = await outbox.post("hi");
  assert.equal(outbox.next().message, "hi");
  await outbox.confirmed(cid, { type: "ok", seq: 9, message_id: "m9" });
  assert.equal(outbox.next(), null);

  mock.timers.tick(6000);

  assert.equal(outbox.next().kind, "delete");
});

test("a delete is undone by discarding it", async () => {
  const store = new MemoryStore();
  const outbox = box(store);
  const { cid } = await outbox.delete("m1", 6000);

  await outbox.discard(cid);

  assert.equal(outbox.about("m1"), null);
  assert.deepEqual(await store.list("alice", "r1"), []);
});

test("a delete that its tab did not live to send is sent by the next", async () => {
  const store = new MemoryStore();
  await box(store).delete("m1", 6000);
  mock.timers.tick(60_000);
  const later = box(store);

  await later.load();

  assert.equal(later.next().message_id, "m1");
});

test("edits on their way count as revisions for the next", async () => {
  const outbox = box();
  await outbox.edit("m1", "one", 4);

  const second = await outbox.edit("m1", "two", 4);

  assert.equal(second.base_rev, 5);
  assert.deepEqual(texts(outbox), ["one", "two"]);
});

test("a new edit takes the place of one that failed", async () => {
  const outbox = box();
  const { cid } = await outbox.edit("m1", "one", 4);
  await outbox.fail(cid, { code: "stale_revision", rev: 5, message: "…", text: "theirs" });

  await outbox.edit("m1", "two", 5);

  assert.deepEqual(outbox.entries.map(({ message, base_rev }) => [message, base_rev]), [["two", 5]]);
});

test("tabs see each other's entries, and nothing that was settled comes back", async () => {
  const store = new MemoryStore();
  const [here, there] = [box(store), box(store)];
  const mine = await here.post("here");
  await there.load();
  await there.post("there");
  await here.load();
  assert.deepEqual(texts(here), ["here", "there"]);

  const reading = here.load();
  await here.confirmed(mine.cid, { type: "ok", seq: 5, message_id: "m5" });
  await reading;
  await there.load();

  assert.equal(here.find(mine.cid).state, "sent");
  assert.deepEqual(texts(there), ["there"]);
});

test("an entry that is loaded in the moment it is stored is there once", async () => {
  const store = new MemoryStore();
  const outbox = box(store);
  const add = store.add.bind(store);
  store.add = async (entry) => {
    const stored = await add(entry);
    await outbox.load();
    return stored;
  };

  await outbox.post("hi");

  assert.deepEqual(texts(outbox), ["hi"]);
});

test("another person's outbox, and another room's, are left alone", async () => {
  const store = new MemoryStore();
  await box(store, "bob").post("secret");
  await box(store, "alice", "r2").post("elsewhere");
  const outbox = box(store);

  await outbox.load();

  assert.deepEqual(outbox.entries, []);
});
