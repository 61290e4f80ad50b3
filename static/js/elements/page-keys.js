// The keys of every page that is read from top to bottom: they lead to places, find and help. Elements with keys of
// their own come first, but for the second letter of a way.

import { isField } from "../lib/dom.js";
import { everywhere, showKeys } from "../lib/keys-dialog.js";
import { KeyMap } from "../models/keys.js";

const meta = document.querySelector('meta[name="keys"]');
const singles = meta.content === "on";
const home = new URL(meta.dataset.home, location.href);
const PLACES = { "g h": "", "g i": "notifications/", "g c": "chat/", "g t": "theses/", "g v": "camera/" };
const FIND = 'main input[type="search"]';

const ways = new KeyMap(Object.fromEntries(Object.keys(PLACES).map((keys) => [keys, keys])), { singles });
const keys = new KeyMap({ find: "/", help: "?" }, { singles });

everywhere.push([gettext("Everywhere"), [
  [["/"], gettext("Search")], [["g", "h"], gettext("Home")], [["g", "i"], gettext("Inbox")], [["g", "c"], gettext("Chat")],
  [["g", "t"], gettext("Theses")], [["g", "v"], gettext("Cameras")], [["?"], gettext("These keys")],
  [["Esc"], gettext("Close, cancel")],
]]);

const blocked = () => document.querySelector("dialog[open]:modal, [popover]:popover-open");

addEventListener("keydown", (event) => {
  if (blocked()) return;
  const way = ways.press(event, { inField: isField(event.target) });
  if (!way) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // "h" alone means something else to others
  location.assign(new URL(PLACES[way], home));
}, { capture: true });

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || blocked()) return;
  const name = keys.press(event, { inField: isField(event.target) });
  if (!name) return;
  event.preventDefault();
  if (name === "help") showKeys([], singles);
  else find();
});

// Where a page has nothing to search in, the list of theses has.
function find() {
  const field = document.querySelector(FIND);
  if (field?.checkVisibility()) field.focus();
  else location.assign(new URL("theses/#find", home));
}

if (location.hash === "#find") document.querySelector(FIND)?.focus();
