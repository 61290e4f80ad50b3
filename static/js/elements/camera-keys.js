// The keys of a camera's page: Space, f, s, i; and those that lead elsewhere.

import { pages, singleKeys } from "../lib/camera.js";
import { isField } from "../lib/dom.js";
import { showKeys } from "../lib/keys-dialog.js";
import { KeyMap } from "../models/keys.js";

const KEYS = new KeyMap({
  pause: " ", full: "f", picture: "s", figures: "i", cameras: "g v", chat: "g c", home: "g h", help: "?",
}, { singles: singleKeys });
const HELP = [
  [gettext("Everywhere"), [
    [["g", "c"], gettext("Chat")], [["g", "v"], gettext("Cameras")], [["g", "h"], gettext("Home")],
    [["?"], gettext("These keys")], [["Esc"], gettext("Close, cancel")],
  ]],
  [gettext("Picture of a camera"), [
    [[gettext("Space")], gettext("Pause, go on")], [["f"], gettext("Fill the screen")], [["s"], gettext("Save the picture")],
    [["i"], gettext("Figures over the picture")], [["←", "→"], gettext("On a slider: a step")],
  ]],
];
const home = new URL("..", new URL(pages, location.href)).href;
const PLACES = { cameras: pages, chat: `${home}chat/`, home };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const onControl = event.target.matches?.("button, a, summary, input[type=checkbox]") && event.key === " ";
  const what = onControl ? null : KEYS.press(event, { inField: isField(event.target) && event.target.type !== "range" });
  const stage = document.querySelector("camera-stage");
  if (what === "help") showKeys(stage ? HELP : HELP.slice(0, 1), singleKeys);
  else if (PLACES[what]) location.assign(PLACES[what]);
  else if (what && stage) stage.act(what);
  else return;
  event.preventDefault();
});
