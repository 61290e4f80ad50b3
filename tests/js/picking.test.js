import assert from "node:assert/strict";
import { test } from "node:test";

import { Picking } from "../../static/js/models/picking.js";

function of(...ids) {
  const rows = new Picking();
  rows.see(ids);
  return rows;
}

test("keys go through the rows and stop at the ends", () => {
  const rows = of("a", "b");

  assert.deepEqual([rows.move(1), rows.move(1), rows.move(1), rows.move(-1)], ["a", "b", "b", "a"]);
});

test("going back from nowhere begins at the end, and an empty list has no row", () => {
  assert.equal(of("a", "b").move(-1), "b");
  assert.equal(of().move(1), null);
});

test("picked rows are given in their order and know how many of all they are", () => {
  const rows = of("a", "b", "c");
  rows.set("c", true);
  rows.set("a", true);

  assert.deepEqual([rows.picked, rows.size, rows.share], [["a", "c"], 2, "some"]);
});

test("a range is picked and let go from where the keys stood", () => {
  const rows = of("a", "b", "c", "d");
  rows.set("b", true);
  rows.set("d", true, { through: true });
  assert.deepEqual(rows.picked, ["b", "c", "d"]);

  rows.set("c", false, { through: true });

  assert.deepEqual(rows.picked, ["b"]);
});

test("all and none", () => {
  const rows = of("a", "b");
  rows.setAll(true);
  assert.equal(rows.share, "all");

  rows.setAll(false);

  assert.deepEqual([rows.share, rows.picked], ["none", []]);
});

test("a list that has become another one keeps what is still there", () => {
  const rows = of("a", "b");
  rows.setAll(true);
  rows.move(1);

  rows.see(["b", "c"]);

  assert.deepEqual([rows.picked, rows.at], [["b"], null]);
});
