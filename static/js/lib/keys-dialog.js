import { h } from "./dom.js";

/** Groups of keys that every dialog begins with. */
export const everywhere = [];

/** The keys there are, in a dialog. `help` holds groups: `[name, [[[key, …], what it does], …]]`; `singleKeys` tells
 * whether the person has those that are one letter switched on. */
export function showKeys(help, singleKeys) {
  const groups = [...everywhere, ...help].map(([name, keys]) => h("section", {},
    h("h3", {}, name),
    h("dl", { className: "keys" }, ...keys.map(([pressed, words]) => h("div", {},
      h("dt", {}, ...pressed.flatMap((key) => [h("kbd", {}, key), " "])), h("dd", {}, words))))));
  const heading = h("h2", { id: "keys-h" }, gettext("Keys"));
  const note = singleKeys
    ? gettext("Single letters can be switched off in your profile.")
    : gettext("Single letters are switched off in your profile.");
  const dialog = h("dialog", { className: "dialog", "aria-labelledby": heading.id },
    h("div", { className: "inner" }, heading, ...groups, h("p", { className: "faint" }, note),
      h("footer", {}, h("button", { type: "button", className: "button", onclick: () => dialog.close() }, gettext("Close")))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
