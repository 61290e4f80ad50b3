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
  dompurify: 'export { default } from "dompurify";',
  "markdown-it": 'export { default } from "markdown-it";',
  // What camera_pb.js is made of, and what reads and writes its messages.
  protobuf: `export { create, fromBinary, isFieldSet, toBinary } from "@bufbuild/protobuf";
    export { enumDesc, fileDesc, messageDesc, tsEnum } from "@bufbuild/protobuf/codegenv2";`,
  // htmx compiles code from attributes (hx-on, hx-vals="js:…"); here it has nothing to compile with.
  htmx: `import htmx from "htmx.org";
    const refuse = function () { throw new Error("This page runs no code from attributes."); };
    htmx.registerExtension("no-code", { init: (api) => api.initSecurity(null, refuse, refuse) });
    export default htmx;`,
};

const manifest = {};
rmSync(TARGET, { recursive: true, force: true });
for (const [name, contents] of Object.entries(LIBRARIES)) {
  const file = join(TARGET, name, `${name}.js`);
  const { metafile } = await build({
    stdin: { contents, resolveDir: ".", sourcefile: name },
    bundle: true, format: "esm", target: "es2022", minify: true, legalComments: "none", charset: "utf8",
    outfile: file, metafile: true,
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
