import assert from "node:assert/strict";
import { test } from "node:test";

import { Board, contested, same } from "../../static/js/models/board.js";

const START = { contrast: 1, fps: 30, resolution: "640x480" };

function board() {
  const made = new Board();
  made.changed({ ...START }, { ...START }, 1, 0);
  return made;
}

test("what is asked and done alike is applied", () => {
  assert.deepEqual(board().status("contrast", 0), { state: "applied" });
});

test("a camera that never answered leaves a setting unknown", () => {
  const fresh = new Board();

  fresh.changed({ ...START }, {}, 1, 0);

  assert.equal(fresh.status("contrast", 0).state, "unknown");
});

test("a wish is pending, and late after five seconds, never applied by itself", () => {
  const asked = board();
  asked.ask({ contrast: 1.2 }, 1000);
  asked.changed({ ...START, contrast: 1.2 }, { ...START }, 2, 1010);

  assert.deepEqual(asked.status("contrast", 3000), { state: "pending", since: 2000 });
  assert.deepEqual(asked.status("contrast", 6000), { state: "late", since: 5000 });
  assert.equal(asked.status("fps", 6000).state, "applied");
  assert.ok(asked.waits);
});

test("an answer shows how long it took from the control to the picture", () => {
  const asked = board();
  asked.ask({ contrast: 1.2 }, 1000);
  asked.changed({ ...START, contrast: 1.2 }, { ...START }, 2, 1010);
  asked.acknowledged(
    { revision: 2, applied: { ...START, contrast: 1.2 }, fields: { contrast: { outcome: "applied", reason: "" } }, epoch: 1, seq: 40 },
    1040,
  );

  assert.equal(asked.shown({ streamEpoch: 1, seq: 39 }, 1050), false);
  assert.equal(asked.shown({ streamEpoch: 1, seq: 40 }, 1062), true);
  assert.deepEqual(asked.status("contrast", 1070), { state: "applied", reason: "", seq: 40, ms: 62 });
  assert.ok(!asked.waits);
});

test("a picture that comes before the answer counts from when it was seen", () => {
  const asked = board();
  asked.ask({ contrast: 1.2 }, 1000);
  asked.changed({ ...START, contrast: 1.2 }, { ...START }, 2, 1010);
  [39, 40, 41].forEach((seq, n) => asked.shown({ streamEpoch: 1, seq }, 1040 + n * 33));

  asked.acknowledged({ revision: 2, applied: {}, fields: { contrast: { outcome: "applied" } }, epoch: 1, seq: 40 }, 1120);

  assert.equal(asked.status("contrast", 1130).ms, 73);
});

test("a picture of a later stream shows the change as well", () => {
  const asked = board();
  asked.ask({ resolution: "1280x720" }, 0);
  asked.changed({ ...START, resolution: "1280x720" }, { ...START }, 2, 10);
  asked.acknowledged({ revision: 2, applied: {}, fields: { resolution: { outcome: "applied" } }, epoch: 2, seq: 5 }, 20);

  assert.equal(asked.shown({ streamEpoch: 3, seq: 1 }, 30), true);
});

test("a clamped and a refused wish keep the camera's reason", () => {
  const asked = board();
  asked.ask({ contrast: 3, fps: 60 }, 0);
  asked.changed({ ...START, contrast: 3, fps: 60 }, { ...START }, 2, 5);
  asked.acknowledged({
    revision: 2, applied: { ...START, contrast: 2 }, epoch: 1, seq: 0,
    fields: { contrast: { outcome: "clamped", reason: "at most 2" }, fps: { outcome: "rejected", reason: "fixed" } },
  }, 9);

  assert.deepEqual(asked.status("contrast", 10), { state: "clamped", reason: "at most 2", seq: null, ms: null });
  assert.equal(asked.status("fps", 10).state, "rejected");
});

test("what others change waits for the camera, too", () => {
  const watching = board();

  watching.changed({ ...START, fps: 10 }, { ...START }, 2, 100);

  assert.deepEqual(watching.status("fps", 200), { state: "pending", since: 100 });
});

test("an answer to an older revision answers no newer wish", () => {
  const asked = board();
  asked.ask({ contrast: 1.2 }, 0);
  asked.changed({ ...START, contrast: 1.2 }, { ...START }, 3, 5);

  asked.acknowledged({ revision: 2, applied: { ...START }, fields: { contrast: { outcome: "applied" } }, epoch: 1, seq: 3 }, 9);

  assert.equal(asked.status("contrast", 10).state, "pending");
});

test("a camera that stands elsewhere than asked is not called applied", () => {
  const watching = new Board();

  watching.changed({ ...START, fps: 60 }, { ...START, fps: 25 }, 4, 0);

  assert.equal(watching.status("fps", 0).state, "clamped");
});

test("a refused wish is taken back", () => {
  const asked = board();
  asked.ask({ contrast: 1.2 }, 0);

  asked.refused({ contrast: 1.2 });

  assert.equal(asked.status("contrast", 9000).state, "applied");
});

test("only what somebody else set to something else is contested", () => {
  const base = { contrast: 1, fps: 30, brightness: 0 };

  assert.deepEqual(contested({ contrast: 1.2, fps: 25 }, base, { ...base, fps: 10 }), ["fps"]);
  assert.deepEqual(contested({ contrast: 1.2 }, base, { ...base, contrast: 1.2, fps: 10 }), []);
});

test("gains are compared as the wire rounds them", () => {
  assert.ok(same(1.2, Math.fround(1.2)));
  assert.ok(!same(1.2, 1.25));
  assert.ok(same("640x480", "640x480"));
});
