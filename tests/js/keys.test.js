import assert from "node:assert/strict";
import { test } from "node:test";

import { KeyMap } from "../../static/js/models/keys.js";

const BINDINGS = { chat: "g c", reply: "r", help: "?", up: "Alt+ArrowUp", newest: "End", close: "Escape" };

const press = (map, key, options = {}) => map.press({ key, ...options }, { inField: options.inField ?? false });

test("a key does what it is bound to", () => {
  const map = new KeyMap(BINDINGS);

  assert.equal(press(map, "r"), "reply");
  assert.equal(press(map, "ArrowUp", { altKey: true }), "up");
  assert.equal(press(map, "ArrowUp"), null);
  assert.equal(press(map, "?"), "help");
});

test("two letters in a row are one shortcut", () => {
  const map = new KeyMap(BINDINGS);

  assert.deepEqual(["g", "c", "c"].map((key) => press(map, key)), [null, "chat", null]);
});

test("letters never fire in a field, named keys do", () => {
  const map = new KeyMap(BINDINGS);

  assert.equal(press(map, "r", { inField: true }), null);
  assert.equal(press(map, "?", { inField: true }), null);
  assert.equal(press(map, "Escape", { inField: true }), "close");
  assert.equal(press(map, "ArrowUp", { inField: true, altKey: true }), "up");
});

test("single letters can be switched off", () => {
  const map = new KeyMap(BINDINGS, { singles: false });

  assert.deepEqual(["g", "c", "r", "?"].map((key) => press(map, key)), [null, null, null, null]);
  assert.equal(press(map, "End"), "newest");
});

test("the browser's own shortcuts and half-typed characters are left alone", () => {
  const map = new KeyMap(BINDINGS);

  assert.equal(press(map, "r", { ctrlKey: true }), null);
  assert.equal(press(map, "r", { metaKey: true }), null);
  assert.equal(press(map, "r", { isComposing: true }), null);
});
