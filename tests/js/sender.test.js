import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "node:test";

import { Lost } from "../../static/js/models/link.js";
import { MemoryStore, Outbox } from "../../static/js/models/outbox.js";
import { Sender } from "../../static/js/models/sender.js";

const alone = (work) => work();

/** A link whose answers a test decides: `answer(frame)` gives one or throws. */
function linked(answer, { turn = alone, store = new MemoryStore() } = {}) {
  const asked = [];
  const told = [];
  const link = {
    live: true,
    async ask(frame) {
      asked.push(frame);
      await pause(1);
      return answer(frame);
    },
  };
  const outbox = new Outbox({ store, user: "alice", room: "r1", changed: () => {} });
  const sender = new Sender({ outbox, link, turn, told: (entry, reply) => told.push([entry.message, reply.type]) });
  return { asked, told, link, outbox, sender };
}

const ok = ({ cid }) => ({ type: "ok", cid, n: 1, seq: 1, message_id: "m" });
const sent = (asked) => asked.map(({ message }) => message);

test("a sender asks one after the other, in order", async () => {
  const { asked, told, outbox, sender } = linked(ok);
  for (const text of ["one", "two", "three"]) await outbox.post(text);

  await sender.poke();

  assert.deepEqual(sent(asked), ["one", "two", "three"]);
  assert.deepEqual(told, [["one", "ok"], ["two", "ok"], ["three", "ok"]]);
});

test("a sender waits for each answer before it asks on", async () => {
  let open = 0;
  let most = 0;
  const { link, outbox, sender } = linked(ok);
  link.ask = async (frame) => {
    open += 1;
    most = Math.max(most, open);
    await pause(2);
    open -= 1;
    return ok(frame);
  };
  for (const text of ["one", "two", "three"]) await outbox.post(text);

  await Promise.all([sender.poke(), sender.poke()]);

  assert.equal(most, 1);
});

test("a sender that loses the connection keeps the rest for the next", async () => {
  const { asked, link, outbox, sender } = linked((frame) => {
    if (frame.message === "two") {
      link.live = false;
      throw new Lost();
    }
    return ok(frame);
  });
  for (const text of ["one", "two", "three"]) await outbox.post(text);
  await sender.poke();
  assert.deepEqual(outbox.entries.map(({ message, state }) => [message, state]), [
    ["one", "sent"], ["two", "pending"], ["three", "pending"],
  ]);
  const [, cid] = asked.map((frame) => frame.cid);

  link.live = true;
  link.ask = async (frame) => ok(asked.push(frame) && frame);
  await sender.poke();

  assert.deepEqual(sent(asked), ["one", "two", "two", "three"]);
  assert.equal(asked[2].cid, cid);
});

test("a sender that is told to slow down waits and keeps the order", async () => {
  let refusals = 2;
  const { asked, outbox, sender } = linked((frame) => {
    if (frame.message !== "one" && refusals) {
      refusals -= 1;
      return { type: "error", cid: frame.cid, code: "rate_limited", message: "…", retry_after: 0.03 };
    }
    return ok(frame);
  });
  for (const text of ["one", "two", "three"]) await outbox.post(text);

  await sender.poke();
  await pause(200);

  assert.deepEqual(sent(asked), ["one", "two", "two", "two", "three"]);
  sender.close();
});

test("a refusal fails its entry, is told, and the next goes on", async () => {
  const { told, outbox, sender } = linked((frame) =>
    frame.message === "one" ? { type: "error", cid: frame.cid, code: "too_long", message: "…" } : ok(frame));
  for (const text of ["one", "two"]) await outbox.post(text);

  await sender.poke();

  assert.deepEqual(outbox.entries.map(({ message, state }) => [message, state]), [["one", "failed"], ["two", "sent"]]);
  assert.deepEqual(told, [["one", "error"], ["two", "ok"]]);
});

test("deleting what is already deleted is no failure", async () => {
  const { outbox, sender } = linked(({ cid }) => ({ type: "error", cid, code: "message_deleted", message: "…" }));
  await outbox.delete("m1", 0);

  await sender.poke();

  assert.deepEqual(outbox.entries, []);
});

test("entries written while it sends are sent too", async () => {
  const { asked, outbox, sender } = linked(ok);
  await outbox.post("one");

  const sending = sender.poke();
  await outbox.post("two");
  await sender.poke();
  await sending;
  await pause(60);

  assert.deepEqual(sent(asked), ["one", "two"]);
});

test("two tabs with one turn send each entry once", async () => {
  const store = new MemoryStore();
  let chain = Promise.resolve();
  const turn = (work) => (chain = chain.then(work));
  const here = linked(ok, { turn, store });
  const there = linked(ok, { turn, store });
  for (const text of ["one", "two"]) await here.outbox.post(text);
  await there.outbox.load();

  await Promise.all([here.sender.poke(), there.sender.poke()]);

  assert.deepEqual([...sent(here.asked), ...sent(there.asked)], ["one", "two"]);
});

test("frames say what digi.v2 wants and no more", async () => {
  const { asked, outbox, sender } = linked(ok);
  await outbox.post("hi", "m0");
  await outbox.edit("m1", "ho", 2);
  await outbox.delete("m2", 0);

  await sender.poke();

  assert.deepEqual(asked.map(({ cid, ...rest }) => rest), [
    { type: "add", message: "hi", reply_to: "m0" },
    { type: "edit", message_id: "m1", message: "ho", base_rev: 2 },
    { type: "delete", message_id: "m2" },
  ]);
});
