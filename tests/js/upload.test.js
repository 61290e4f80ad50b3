import assert from "node:assert/strict";
import { test } from "node:test";

import { PART, Upload } from "../../static/js/models/upload.js";

const refused = (status, more = {}) => Object.assign(new Error("no"), { status, ...more });

/** A file of so many bytes. */
const fileOf = (size) => ({ name: "draft.pdf", size, slice: (from, to) => ({ from, size: Math.min(to, size) - from }) });

/** A server that fails as it is told to: `faults` are thrown one after another, null lets one pass. */
class Server {
  offsets = new Map();
  asked = [];
  faults = [];

  #ask(...what) {
    this.asked.push(what.join(" "));
    const fault = this.faults.shift();
    if (fault) throw fault;
  }

  begin = async () => {
    this.#ask("begin");
    const place = `/u/${this.offsets.size + 1}/`;
    this.offsets.set(place, 0);
    return place;
  };

  offset = async (place) => {
    this.#ask("offset", place);
    return this.offsets.get(place);
  };

  send = async ({ place, offset, part, progress }) => {
    this.#ask("send", place, offset);
    progress(part.size / 2);
    this.offsets.set(place, offset + part.size);
    return offset + part.size;
  };

  drop = async (place) => this.#ask("drop", place);
}

function upload(server, more = {}) {
  const states = [];
  const waited = [];
  const made = new Upload({
    file: fileOf(2.5 * PART), wire: server, changed: ({ state, sent }) => states.push([state, sent]),
    wait: async (ms) => waited.push(ms), ...more,
  });
  return { made, states, waited };
}

test("a file goes in parts", async () => {
  const server = new Server();
  const { made, states } = upload(server);

  assert.equal(await made.run(), "/u/1/");
  assert.deepEqual(server.asked, ["begin", "send /u/1/ 0", `send /u/1/ ${PART}`, `send /u/1/ ${2 * PART}`]);
  assert.deepEqual(states.at(-1), ["whole", 2.5 * PART]);
  assert.ok(states.some(([, sent]) => sent === PART / 2));
});

test("a lost connection goes on where the server stopped", async () => {
  const server = new Server();
  const { made, states, waited } = upload(server);
  server.faults = [null, null, refused(0), refused(0)];

  assert.equal(await made.run(), "/u/1/");
  const after = server.asked.slice(2);
  assert.deepEqual(after, [`send /u/1/ ${PART}`, "offset /u/1/", "offset /u/1/", `send /u/1/ ${PART}`, `send /u/1/ ${2 * PART}`]);
  assert.equal(waited.length, 2);
  assert.ok(states.some(([state]) => state === "waiting"));
});

test("what another page has begun goes on, and so does what the server has counted otherwise", async () => {
  const server = new Server();
  server.offsets.set("/u/9/", PART);
  server.faults = [null, refused(409, { code: "wrong_offset" })];
  const { made } = upload(server, { place: "/u/9/" });

  assert.equal(await made.run(), "/u/9/");
  assert.deepEqual(server.asked.slice(0, 3), ["offset /u/9/", `send /u/9/ ${PART}`, "offset /u/9/"]);
});

test("an upload that the server has forgotten begins again", async () => {
  const server = new Server();
  server.faults = [refused(404)];
  const { made } = upload(server, { place: "/u/old/" });

  assert.equal(await made.run(), "/u/1/");
  assert.deepEqual(server.asked.slice(0, 3), ["offset /u/old/", "begin", "send /u/1/ 0"]);
});

test("a busy server is asked again when it has said", async () => {
  const server = new Server();
  server.faults = [refused(503, { retryAfter: 10 })];
  const { made, waited } = upload(server);

  await made.run();

  assert.deepEqual(waited, [10_000]);
});

test("a refusal is final", async () => {
  const server = new Server();
  server.faults = [null, refused(400, { code: "mislabelled" })];

  await assert.rejects(upload(server).made.run(), { code: "mislabelled" });
});

test("stopping gives the upload up", async () => {
  const server = new Server();
  const { made } = upload(server);
  server.send = async () => {
    await made.stop();
    throw refused(0);
  };

  assert.equal(await made.run(), null);
  assert.equal(server.asked.at(-1), "drop /u/1/");
});

test("the seconds that are left follow from how fast it goes", async () => {
  let now = 0;
  const server = new Server();
  const told = [];
  const { made } = upload(server, { now: () => now, changed: ({ secondsLeft }) => told.push(secondsLeft) });
  const send = server.send;
  server.send = async (asked) => {
    now += 2000;
    return send(asked);
  };

  await made.run();

  assert.deepEqual(told.filter((left) => left !== null), [8, 3, 3, 1, 1, 0]);
});
