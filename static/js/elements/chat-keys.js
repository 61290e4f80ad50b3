import { isField } from "../lib/dom.js";
import { showKeys } from "../lib/keys-dialog.js";
import { pages, singleKeys } from "../lib/page.js";
import { KeyMap } from "../models/keys.js";

const KEYS = new KeyMap({
  search: "/", chat: "g c", home: "g h", cameras: "g v", help: "?",
  next: "j", previous: "k", nextUnread: "Alt+ArrowDown", previousUnread: "Alt+ArrowUp",
  reply: "r", edit: "e", newest: "End",
}, { singles: singleKeys });

const HELP = [
  [gettext("Everywhere"), [
    [["/"], gettext("Find somebody")], [["g", "c"], gettext("Chat")], [["g", "v"], gettext("Cameras")], [["g", "h"], gettext("Home")],
    [["?"], gettext("These keys")], [["Esc"], gettext("Close, cancel")],
  ]],
  [gettext("Rooms"), [
    [["j"], gettext("Next room")], [["k"], gettext("Room before")], [["Enter"], gettext("Open")],
    [["Alt", "↓"], gettext("Next unread room")], [["Alt", "↑"], gettext("Unread room before")],
  ]],
  [gettext("Messages"), [
    [["Enter"], gettext("Send")], [[gettext("Shift"), "Enter"], gettext("New line")],
    [["↑"], gettext("In an empty field: change your last message")],
    [["↑", "↓"], gettext("In the conversation: from message to message")],
    [["r"], gettext("Reply")], [["e"], gettext("Edit")], [[gettext("End")], gettext("Newest message")],
  ]],
];

const list = () => document.querySelector("room-list");
const room = () => document.querySelector("chat-room");

const ACTS = {
  search: () => document.querySelector('input[name="q"]')?.focus() ?? location.assign(`${pages}new/`),
  chat: () => location.assign(pages),
  home: () => location.assign(new URL("..", new URL(pages, location.href)).href),
  cameras: () => location.assign(new URL("../camera/", new URL(pages, location.href)).href),
  help: () => showKeys(HELP, singleKeys),
  next: () => list()?.move(1),
  previous: () => list()?.move(-1),
  nextUnread: () => list()?.goUnread(1),
  previousUnread: () => list()?.goUnread(-1),
  reply: () => room()?.act("reply"),
  edit: () => room()?.act("edit"),
  newest: () => room()?.act("newest"),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open], [popover]:popover-open")) return;
  const inField = isField(event.target);
  if (inField && event.key === "End") return;
  const name = KEYS.press(event, { inField });
  if (!name) return;
  event.preventDefault();
  ACTS[name]();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-keys]")) showKeys(HELP, singleKeys);
});
