import assert from "node:assert/strict";
import { test } from "node:test";

import { fieldsOf, KeptForms } from "../../static/js/models/kept-forms.js";

const DAY = 86_400_000;

/** A Web Storage. */
function device() {
  const held = new Map();
  return {
    get length() { return held.size; },
    key: (at) => [...held.keys()][at] ?? null,
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => held.set(key, value),
    removeItem: (key) => held.delete(key),
  };
}

const field = (name, value, more = {}) => ({ name, value, type: "text", ...more });

test("what was typed outlives the page", () => {
  const storage = device();
  new KeptForms({ storage, user: "alice" }).keep("/theses/1/#title", [["title", "Bounded"]]);

  const next = new KeptForms({ storage, user: "alice" });

  assert.deepEqual(next.of("/theses/1/#title"), [["title", "Bounded"]]);
  assert.equal(next.of("/theses/2/#title"), null);
});

test("another person on the same device finds nothing", () => {
  const storage = device();
  new KeptForms({ storage, user: "alice" }).keep("/f", [["title", "Bounded"]]);

  assert.equal(new KeptForms({ storage, user: "bob" }).of("/f"), null);
});

test("what was sent is forgotten", () => {
  const kept = new KeptForms({ storage: device(), user: "alice" });
  kept.keep("/f", [["title", "Bounded"]]);

  kept.forget("/f");

  assert.equal(kept.of("/f"), null);
});

test("after thirty days nobody wants it back", () => {
  let now = 0;
  const kept = new KeptForms({ storage: device(), user: "alice", now: () => now });
  kept.keep("/f", [["title", "Bounded"]]);

  now = 30 * DAY - 1;
  assert.notEqual(kept.of("/f"), null);
  now = 30 * DAY;
  assert.equal(kept.of("/f"), null);
});

test("signing out clears the forms of everybody and nothing else", () => {
  const storage = device();
  new KeptForms({ storage, user: "alice" }).keep("/f", [["a", "1"]]);
  new KeptForms({ storage, user: "bob" }).keep("/f", [["a", "2"]]);
  new KeptForms({ storage, user: "bob" }).keep("/g", [["a", "3"]]);
  storage.setItem("theme", "dark");

  KeptForms.clear(storage);

  assert.deepEqual(Array.from({ length: storage.length }, (_none, at) => storage.key(at)), ["theme"]);
});

test("a device that is full or holds nonsense keeps nothing and breaks nothing", () => {
  const full = { ...device(), setItem() { throw new Error("QuotaExceededError"); }, getItem: () => "{nonsense" };
  const kept = new KeptForms({ storage: full, user: "alice" });

  kept.keep("/f", [["title", "Bounded"]]);

  assert.equal(kept.of("/f"), null);
});

test("a form's fields are kept with the version it has seen, and without what is the page's or nobody's business", () => {
  const form = {
    elements: [
      field("csrfmiddlewaretoken", "t", { type: "hidden" }), field("once", "o", { type: "hidden" }),
      field("version", "3", { type: "hidden" }), field("title", "Bounded"), field("", "unnamed"),
      field("secret", "s", { type: "password" }), field("file", "f", { type: "file" }), field("do", "save", { type: "submit" }),
      field("declaration", "on", { type: "checkbox", checked: false }), field("kind", "master", { type: "radio", checked: true }),
    ],
  };

  assert.deepEqual(fieldsOf(form), [["version", "3"], ["title", "Bounded"], ["kind", "master"]]);
});
