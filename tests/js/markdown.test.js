import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { excerpt, tree } from "../../static/js/lib/markdown-text.js";

const samples = JSON.parse(readFileSync(new URL("markdown.samples.json", import.meta.url), "utf8"));

test("an excerpt is what the server makes of the same text", () => {
  assert.deepEqual(samples.map(({ source }) => excerpt(source)), samples.map((sample) => sample.excerpt));
});

test("an excerpt is cut between code points", () => {
  assert.equal(excerpt("👍".repeat(200), 3), "👍👍👍…");
});

test("markup is what the server makes of the same text", () => {
  const made = samples.map(({ source }) => unbroken(tree(source).map(markup).join("")));

  assert.deepEqual(made, samples.map(({ html }) => unbroken(html)));
});

test("what is no word of ours stays text", () => {
  const [paragraph] = tree('<img src=x onerror="alert(1)"> [a](javascript:alert(1)) &lt;script&gt;');

  assert.equal(paragraph.name, "p");
  assert.deepEqual(paragraph.children.join(""), '<img src=x onerror="alert(1)"> [a](javascript:alert(1)) <script>');
});

test("many brackets are no work", () => {
  const start = performance.now();

  tree("[".repeat(8000));
  tree("[a*_".repeat(2000));

  assert.ok(performance.now() - start < 1000);
});

function markup(node) {
  if (typeof node === "string") return node.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const { name, attributes, children } = node;
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${markup(String(value))}"`).join("");
  return `<${name}${written}>${name === "br" ? "" : `${children.map(markup).join("")}</${name}>`}`;
}

// The server parts blocks by line breaks, and writes quotation marks and no-break spaces its own way.
function unbroken(html) {
  return html.replaceAll("&quot;", '"').replaceAll("&nbsp;", "\u00a0").replace(/\n+(?=<)|(?<=>)\n+/g, "");
}
