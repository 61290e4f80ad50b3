import assert from "node:assert/strict";
import { test } from "node:test";

import { DraftSaver } from "../../static/js/models/draft-saver.js";

/** A saver whose time and server a test moves by hand. */
function made() {
  const it = { sent: [], told: [], due: null };
  const saver = new DraftSaver({
    send: () => new Promise((resolve) => it.sent.push(resolve)),
    tell: (said, ok) => it.told.push([said, ok]),
    set: (work, pause) => { it.due = { work, pause }; return it.due; },
    clear: () => { it.due = null; },
  });
  it.pass = async () => { const { work } = it.due; it.due = null; work(); await turn(); };
  it.answer = async (outcome) => { it.sent.shift()(outcome); await turn(); };
  return { it, saver };
}

const turn = () => new Promise(setImmediate);
const SAVED = { ok: true, said: "Saved at 14:02" };

test("typing is saved once, after a pause", async () => {
  const { it, saver } = made();

  saver.touch();
  saver.touch();
  await it.pass();
  await it.answer(SAVED);

  assert.deepEqual(it.told, [["Saved at 14:02", true]]);
  assert.equal(it.due, null);
  assert.equal(saver.behind, false);
});

test("what is typed while it is saved is saved after it, never beside it", async () => {
  const { it, saver } = made();
  saver.touch();
  await it.pass();

  saver.touch();
  await it.pass();
  assert.equal(it.sent.length, 1);
  await it.answer(SAVED);
  await it.pass();

  assert.equal(it.sent.length, 1);
  assert.equal(saver.behind, true);
});

test("a lost connection is tried again, a refusal is not", async () => {
  const { it, saver } = made();
  saver.touch();
  await it.pass();

  await it.answer({ ok: false, said: "Not saved yet" });
  assert.equal(it.due.pause, 5000);
  await it.pass();
  await it.answer({ ok: false, final: true, said: "Changed elsewhere" });

  assert.equal(it.due, null);
  assert.deepEqual(it.told.map(([said]) => said), ["Not saved yet", "Changed elsewhere"]);
});

test("a form that is sent waits for what is on its way and saves nothing more", async () => {
  const { it, saver } = made();
  saver.touch();
  await it.pass();
  saver.touch();

  let rested = false;
  saver.rest().then(() => { rested = true; });
  await turn();
  assert.equal(rested, false);
  await it.answer(SAVED);

  assert.equal(rested, true);
  assert.equal(it.due, null);
});

test("leaving saves at once", async () => {
  const { it, saver } = made();
  saver.touch();

  saver.flush();
  await turn();

  assert.equal(it.sent.length, 1);
  assert.equal(it.due, null);
});
