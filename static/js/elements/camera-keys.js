// The keys of a camera's page: Space, f, s, i; and those that lead elsewhere.

import { isField } from "../lib/dom.js";
import { pages, singleKeys } from "../lib/camera.js";
import { KeyMap } from "../models/keys.js";

const KEYS = new KeyMap({ pause: " ", full: "f", picture: "s", figures: "i", cameras: "g v", chat: "g c", home: "g h" }, { singles: singleKeys });
const home = new URL("..", new URL(pages, location.href)).href;
const PLACES = { cameras: pages, chat: `${home}chat/`, home };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const onControl = event.target.matches?.("button, a, summary, input[type=checkbox]") && event.key === " ";
  const what = onControl ? null : KEYS.press(event, { inField: isField(event.target) && event.target.type !== "range" });
  if (!what) return;
  event.preventDefault();
  if (PLACES[what]) location.assign(PLACES[what]);
  else document.querySelector("camera-stage")?.act(what);
});
