// Bundles each third-party library into one ES module under static/vendor/, with the licences of all it holds.
// manifest.json names version and SHA-256 of each file, so that a check needs neither npm nor the network. Another
// folder may be named as argument: `make check` bundles there and compares.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "esbuild";

const TARGET = process.argv[2] ?? "static/vendor";
const LICENCES = "scripts/licences";
const LIBRARIES = {
  "markdown-it": 'export { default } from "markdown-it";',
  // What camera_pb.js is made of, and what reads and writes its messages.
  protobuf: `export { create, fromBinary, isFieldSet, toBinary } from "@bufbuild/protobuf";
    export { enumDesc, fileDesc, messageDesc, tsEnum } from "@bufbuild/protobuf/codegenv2";`,
  idiomorph: 'export { Idiomorph } from "idiomorph";',
};

// Half of markdown-it is what a browser has or Digi replaces: the names of all entities, and its own finder of links.
const SPARED = {
  entities: `const page = new DOMParser();
    export const decodeHTMLStrict = (entity) => page.parseFromString("." + entity, "text/html").body.textContent.slice(1);`,
  "linkify-it": "export class LinkifyIt {}",
};
const spared = {
  name: "spared",
  setup(build) {
    build.onResolve({ filter: /^(entities|linkify-it)$/ }, ({ path }) => ({ path, namespace: "spared" }));
    build.onLoad({ filter: /.*/, namespace: "spared" }, ({ path }) => ({ contents: SPARED[path] }));
  },
};

const manifest = {};
rmSync(TARGET, { recursive: true, force: true });
for (const [name, contents] of Object.entries(LIBRARIES)) {
  const file = join(TARGET, name, `${name}.js`);
  const { metafile } = await build({
    stdin: { contents, resolveDir: ".", sourcefile: name },
    bundle: true, format: "esm", target: "es2022", minify: true, legalComments: "none", charset: "utf8",
    outfile: file, metafile: true, plugins: [spared],
  });
  const packages = bundled(metafile);
  const licence = join(TARGET, name, "LICENSE.txt");
  writeFileSync(licence, packages.map(licenceOf).join("\n\n---\n\n"));
  manifest[name] = {
    packages: Object.fromEntries(packages.map((part) => [part, described(part).version])),
    files: Object.fromEntries([file, licence].map((path) => [path.slice(TARGET.length + 1), digest(path)])),
  };
}
mkdirSync(TARGET, { recursive: true });
writeFileSync(join(TARGET, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

function bundled({ inputs }) {
  const names = Object.keys(inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

function described(name) {
  return JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));
}

function licenceOf(name) {
  const folder = join("node_modules", name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const kept = join(LICENCES, `${name}.txt`);  // of packages that bring none
  if (!file && !existsSync(kept)) throw new Error(`${name} brings no licence file`);
  const text = readFileSync(file ? join(folder, file) : kept, "utf8").trim();
  return `${name} ${described(name).version} (${described(name).license})\n\n${text}\n`;
}

function digest(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
