import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { excerpt, html } from "../../static/js/lib/markdown-text.js";

const samples = JSON.parse(readFileSync(new URL("markdown.samples.json", import.meta.url), "utf8"));

test("an excerpt is what the server makes of the same text", () => {
  assert.deepEqual(samples.map(({ source }) => excerpt(source)), samples.map((sample) => sample.excerpt));
});

test("an excerpt is cut between code points", () => {
  assert.equal(excerpt("👍".repeat(200), 3), "👍👍👍…");
});

test("markup is what the server makes of the same text, before either is cleaned", () => {
  // The cleaner on the server writes quotation marks and no-break spaces its own way.
  const plain = (markup) => markup.replaceAll("&quot;", '"').replaceAll("&nbsp;", "\u00a0");

  assert.deepEqual(samples.map(({ source }) => plain(html(source))), samples.map((sample) => plain(sample.html)));
});

test("many brackets are no work", () => {
  const start = performance.now();

  html("[".repeat(8000));
  html("[a*_".repeat(2000));

  assert.ok(performance.now() - start < 1000);
});
