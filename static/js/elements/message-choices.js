// What can be done with a message, as a menu beside it or, under a finger, as a sheet from below.

import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { times } from "../lib/page.js";

const GAP = 4;

/** The choices for an item: `[act, label, icon, key]`. */
function choices({ own, message, entry }) {
  if (entry) return [];
  return [
    ["reply", gettext("Reply"), "reply", "R"],
    own && ["edit", gettext("Edit"), "pencil", "E"],
    message.changed_at && ["revisions", gettext("Earlier versions"), "history"],
    navigator.clipboard && ["copy", gettext("Copy the text"), "copy"],
    own && ["delete", gettext("Delete for everyone"), "trash-2"],
  ].filter(Boolean);
}

function list(item, chosen, { keys }) {
  const rows = choices(item).map(([act, label, name, key]) => {
    const button = h("button", { type: "button", className: act === "delete" ? "harm" : "", onclick: () => chosen(act) },
      icon(name), ` ${label}`, keys && key ? h("kbd", { "aria-hidden": "true" }, key) : null);
    return h("li", {}, button);
  });
  return h("ul", {}, ...rows);
}

/** Open the menu at its button; `act(name)` hears the choice. */
export function openMenu(item, opener, act) {
  const menu = h("div", { className: "menu-list choices", popover: "auto" });
  menu.append(list(item, (name) => {
    menu.hidePopover();
    act(name);
  }, { keys: true }));
  menu.addEventListener("toggle", ({ newState }) => {
    opener.setAttribute("aria-expanded", String(newState === "open"));
    if (newState === "closed") menu.remove();
  });
  menu.addEventListener("keydown", move);
  opener.after(menu);
  menu.showPopover();
  place(menu, opener);
  menu.querySelector("button")?.focus();
}

// Above the button where there is no room below it.
function place(menu, opener) {
  const at = opener.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + GAP;
  const top = below + height < innerHeight ? below : Math.max(GAP, at.top - GAP - height);
  const left = Math.min(Math.max(GAP, at.right - width), innerWidth - width - GAP);
  Object.assign(menu.style, { top: `${top}px`, left: `${left}px` });
}

function move(event) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  event.stopPropagation();
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  buttons.at(at % buttons.length).focus();
}

/** Open the sheet, which also tells the full date. */
export function openSheet(item, act) {
  const close = h("button", { type: "button", className: "button", onclick: () => sheet.close() }, gettext("Close"));
  const sheet = h("dialog", { className: "dialog sheet", "aria-label": gettext("Message") },
    h("div", { className: "inner" },
      h("p", { className: "faint" }, times.full(item.message.at)),
      h("div", { className: "menu-list" }, list(item, (name) => {
        sheet.close();
        act(name);
      }, { keys: false })),
      close));
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
}

const LONG = 500;
const MOVED = 10;

/** Hear a long press on a message under a finger: `pressed(li)`. */
export function onLongPress(log, pressed) {
  let timer = null;
  let start = null;
  const stop = () => clearTimeout(timer);
  log.addEventListener("pointerdown", (event) => {
    const li = event.target.closest("li.message");
    stop();
    if (event.pointerType !== "touch" || !li || event.target.closest(".prose a, button")) return;
    start = event;
    timer = setTimeout(() => {
      swallowClick();
      pressed(li);
    }, LONG);
  });
  log.addEventListener("pointermove", (event) => {
    if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > MOVED) stop();
  });
  for (const type of ["pointerup", "pointercancel", "scroll"]) log.addEventListener(type, stop, { passive: true });
  log.addEventListener("contextmenu", (event) => {
    if (start?.pointerType === "touch" && event.target.closest("li.message")) event.preventDefault();
  });
}

// Lifting the finger counts as a click beside the sheet in some browsers, which would close it again.
function swallowClick() {
  const swallow = (event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  addEventListener("pointerup", () => setTimeout(() => removeEventListener("click", swallow, { capture: true }), 100), { once: true });
}
