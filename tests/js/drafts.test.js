import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { DraftKeeper } from "../../static/js/models/drafts.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

/** A device's drafts, as the database in the browser keeps them. */
function device(kept = null) {
  return {
    kept,
    async get() { return this.kept; },
    async put(record) { this.kept = record; },
    async delete() { this.kept = null; },
  };
}

function keeper(store, put = async () => {}) {
  const puts = [];
  const drafts = new DraftKeeper({
    store, user: "alice", room: "r1",
    put: async (text, leaving) => { puts.push([text, leaving]); await put(); },
  });
  return { puts, drafts };
}

const record = (text, saved) => ({ user: "alice", room: "r1", text, saved });

test("a draft is on the device at once and on the server after a pause", async () => {
  const store = device();
  const { puts, drafts } = keeper(store);

  await drafts.write("he");
  mock.timers.tick(1500);
  await drafts.write("hello");
  assert.deepEqual(store.kept, record("hello", false));
  mock.timers.tick(1999);
  assert.deepEqual(puts, []);
  mock.timers.tick(1);
  await new Promise(setImmediate);

  assert.deepEqual(puts, [["hello", false]]);
  assert.deepEqual(store.kept, record("hello", true));
});

test("the device's newer draft wins and is brought to the server", async () => {
  const { puts, drafts } = keeper(device(record("mine", false)));

  assert.equal(await drafts.restore("server's"), "mine");
  mock.timers.tick(2000);

  assert.deepEqual(puts, [["mine", false]]);
});

test("a draft that the server had gives way to what another device has made of it", async () => {
  const { puts, drafts } = keeper(device(record("old", true)));

  assert.equal(await drafts.restore("newer"), "newer");
  mock.timers.tick(2000);

  assert.deepEqual(puts, []);
});

test("an emptied draft leaves nothing behind once the server knows", async () => {
  const store = device();
  const { puts, drafts } = keeper(store);
  await drafts.write("hi");
  await drafts.flush();
  puts.length = 0;

  await drafts.write("");
  assert.deepEqual(store.kept, record("", false));
  await drafts.flush();

  assert.deepEqual(puts, [["", false]]);
  assert.equal(store.kept, null);
});

test("a draft that the server did not get stays unsaved on the device", async () => {
  const store = device();
  const { drafts } = keeper(store, async () => { throw new Error("offline"); });
  await drafts.write("hi");

  await drafts.flush(true);

  assert.deepEqual(store.kept, record("hi", false));
});

test("nothing new is not brought to the server again", async () => {
  const { puts, drafts } = keeper(device());
  await drafts.restore("same");

  await drafts.write("same");
  await drafts.flush();

  assert.deepEqual(puts, []);
});

test("a draft that is sent before the server has heard of it costs the server nothing", async () => {
  const store = device();
  const { puts, drafts } = keeper(store);
  await drafts.write("hi");
  await drafts.write("");

  await drafts.flush();

  assert.deepEqual([puts, store.kept], [[], null]);
});

/** A keeper whose server answers when a test says so: `answers` are those that it owes. */
function slow(store = device()) {
  const answers = [];
  const { puts, drafts } = keeper(store, () => new Promise((yes, no) => answers.push({ yes, no })));
  const answer = async (verdict = "yes") => { answers.shift()[verdict](); await new Promise(setImmediate); };
  return { store, puts, drafts, answer };
}

test("a sent text is taken from the server after it has arrived there, never beside it", async () => {
  const { store, puts, drafts, answer } = slow();
  await drafts.write("hi");
  drafts.flush();

  await drafts.write("");
  drafts.flush();
  await new Promise(setImmediate);
  assert.deepEqual(puts, [["hi", false]]);
  await answer();
  assert.deepEqual(puts, [["hi", false], ["", false]]);
  await answer();

  assert.equal(store.kept, null);
});

test("what is written while two wait goes once, as it is when its turn comes", async () => {
  const { puts, drafts, answer } = slow();
  for (const text of ["a", "ab", "abc"]) {
    await drafts.write(text);
    drafts.flush();
  }

  await answer();
  await answer();

  assert.deepEqual(puts, [["a", false], ["abc", false]]);
});

test("a page that goes away does not wait, and one that stays has the last word again", async () => {
  const { store, puts, drafts, answer } = slow();
  await drafts.write("hi");
  drafts.flush();
  await drafts.write("");

  drafts.flush(true);
  assert.deepEqual(puts, [["hi", false], ["", true]]);
  await answer();
  await answer();
  assert.deepEqual(puts.slice(2), [["", true]]);
  await answer();

  assert.equal(store.kept, null);
});

test("a text whose answer was lost is taken from the server all the same", async () => {
  const { store, puts, drafts, answer } = slow();
  await drafts.write("hi");
  drafts.flush();
  await answer("no");

  await drafts.write("");
  drafts.flush();
  await answer();

  assert.deepEqual([puts, store.kept], [[["hi", false], ["", false]], null]);
});
