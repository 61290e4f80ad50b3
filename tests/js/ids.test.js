import assert from "node:assert/strict";
import { test } from "node:test";

import { newId } from "../../static/js/lib/ids.js";

test("an id begins with its moment, as version 7 has it", () => {
  const id = newId(Date.UTC(2022, 1, 22, 19, 22, 22)); // RFC 9562's own example

  assert.match(id, /^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("later ids stand after earlier ones", () => {
  const ids = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 40, Date.now()].map((now) => newId(now));

  assert.deepEqual([...ids].sort(), ids);
});

test("no two ids of a moment are the same", () => {
  assert.equal(new Set(Array.from({ length: 1000 }, () => newId(1))).size, 1000);
});
