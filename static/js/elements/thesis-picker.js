// Rows of the table are picked by pointer or keys: j, k, x; Escape clears.

import { announcer } from "../lib/announce.js";
import { isField } from "../lib/dom.js";
import { showKeys } from "../lib/keys-dialog.js";
import { KeyMap } from "../models/keys.js";
import { Picking } from "../models/picking.js";

const rows = new Picking();
const singles = "singleKeys" in document.getElementById("found").dataset;
const KEYS = new KeyMap({ next: "j", previous: "k", pick: "x", open: "Enter", clear: "Escape", help: "?" }, { singles });
const HELP = [[gettext("Theses"), [
  [["j"], gettext("Next thesis")], [["k"], gettext("Thesis before")], [["x"], gettext("Pick it, let it go")],
  [["Enter"], gettext("Open")], [["Esc"], gettext("Clear the selection")], [["?"], gettext("These keys")],
]]];

const form = () => document.getElementById("pick");
const boxes = () => [...(form()?.querySelectorAll('input[name="thesis"]') ?? [])];
const boxOf = (id) => boxes().find((box) => box.value === id);

/** Boxes and rows become what is picked. */
function show() {
  for (const box of boxes()) {
    box.checked = rows.has(box.value);
    box.closest("tr").setAttribute("aria-selected", String(box.checked));
  }
  const all = form()?.querySelector("[data-pick-all]");
  if (all) {
    all.checked = rows.share === "all";
    all.indeterminate = rows.share === "some";
  }
  const count = form()?.querySelector("[data-picked]");
  if (count) count.textContent = interpolate(ngettext("%s selected", "%s selected", rows.size), [rows.size]);
}

function clear() {
  rows.setAll(false);
  const every = form()?.querySelector('input[name="all"]');
  if (every) every.checked = false;
  show();
  announcer.tell(gettext("Nothing selected"));
}

const ACTS = {
  next: () => boxOf(rows.move(1))?.focus(),
  previous: () => boxOf(rows.move(-1))?.focus(),
  pick() {
    const id = rows.at ?? rows.move(1);
    if (id === null) return;
    rows.set(id, !rows.has(id));
    show();
  },
  open: () => boxOf(rows.at)?.closest("tr").querySelector("a").click(),
  clear,
  help: () => showKeys(HELP, singles),
};

function see() {
  rows.see(boxes().map((box) => box.value));
  for (const box of boxes()) if (box.checked) rows.set(box.value, true);
  show();
}

let through = false; // Shift is held while one clicks

document.addEventListener("click", ({ target, shiftKey }) => {
  through = shiftKey && target.matches?.('#pick input[name="thesis"]');
}, { capture: true });

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-pick-all]")) rows.setAll(target.checked);
  else if (target.matches('#pick input[name="thesis"]')) rows.set(target.value, target.checked, { through });
  else return;
  show();
});

document.addEventListener("reset", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  clear();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || !form() || document.querySelector("dialog[open], [popover]:popover-open")) return;
  const inField = isField(event.target);
  const name = KEYS.press(event, { inField });
  if (!name || inField || (name === "open" && !event.target.matches('input[name="thesis"]'))) return;
  if (name === "clear" && rows.size === 0) return;
  event.preventDefault();
  ACTS[name]();
});

document.addEventListener("morphed", see);
see();
