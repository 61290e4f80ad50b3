// Keys that lead from one thing on the page to the next: elements with `data-remark`, which take the focus.

import { isField } from "./dom.js";
import { showKeys } from "./keys-dialog.js";
import { KeyMap } from "../models/keys.js";

/** n and p move; `more` maps further names to `{ key, act }`; `help` is what `?` shows; `singles` whether letters count. */
export function listen({ singles, help, more = {} }) {
  const acts = { next: () => move(1), previous: () => move(-1), help: () => showKeys(help, singles) };
  const keys = { next: "n", previous: "p", help: "?" };
  for (const [name, { key, act }] of Object.entries(more)) {
    acts[name] = act;
    keys[name] = key;
  }
  const map = new KeyMap(keys, { singles });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open], [popover]:popover-open")) return;
    const name = map.press(event, { inField: isField(event.target) });
    if (!name) return;
    event.preventDefault();
    acts[name]();
  });
}

/** The one that has the focus, or holds it. */
export function current() {
  return document.activeElement.closest("[data-remark]");
}

function move(step) {
  const all = [...document.querySelectorAll("[data-remark]")];
  const at = all.indexOf(current());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
  all[next]?.focus();
}
