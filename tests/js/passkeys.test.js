import assert from "node:assert/strict";
import { test } from "node:test";

import { creationOptions, reason } from "../../static/js/models/passkeys.js";

const given = {
  publicKey: { challenge: "abc", authenticatorSelection: { residentKey: "preferred", userVerification: "discouraged" } },
};
const untranslated = (sentence) => sentence;

test("a passkey must live on the device and check its owner", () => {
  assert.deepEqual(creationOptions(given, true), {
    challenge: "abc",
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
  });
});

test("a second factor asks for neither", () => {
  assert.deepEqual(creationOptions(given, false), {
    challenge: "abc",
    authenticatorSelection: { residentKey: "discouraged", requireResidentKey: false, userVerification: "discouraged" },
  });
});

test("the options of the page stay as they were", () => {
  const before = structuredClone(given);

  creationOptions(given, true);

  assert.deepEqual(given, before);
});

test("options without a selection get one", () => {
  assert.deepEqual(creationOptions({ publicKey: {} }, false), {
    authenticatorSelection: { residentKey: "discouraged", requireResidentKey: false },
  });
});

test("every failure has a sentence, and an unknown one shows nothing of itself", () => {
  const names = ["NotAllowedError", "InvalidStateError", "SecurityError", "TypeError"];

  const sentences = names.map((name) => reason({ name, message: "internals" }, untranslated));

  assert.equal(new Set(sentences).size, names.length);
  assert.ok(sentences.every((sentence) => !sentence.includes("internals")));
});
