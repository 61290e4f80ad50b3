import assert from "node:assert/strict";
import { test } from "node:test";

import { refusal } from "../../static/js/models/refusals.js";

const german = (sentence) => `«${sentence}»`;
const CODES = [
  "empty", "unknown_message", "not_yours", "message_deleted", "stale_revision", "cid_conflict", "not_member",
  "unavailable", "rate_limited",
];

test("every refusal has a translated sentence of its own", () => {
  const sentences = CODES.map((code) => refusal(code, german));

  assert.ok(sentences.every((sentence) => sentence.startsWith("«")));
  assert.equal(new Set([...sentences, refusal("bad_frame", german)]).size, CODES.length + 1);
});

test("a refusal of a code that came later still says something", () => {
  assert.match(refusal("tomorrow", german), /^«The server does not take it/);
});
