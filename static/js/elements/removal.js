import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { pages } from "../lib/page.js";

/** Lead a person out of a room they are no longer in; what they had written stays theirs to copy. */
export function showRemoval(room, texts) {
  const heading = h("h2", { tabIndex: -1 }, gettext("You are no longer in this room"));
  const kept = texts.filter((text) => text.trim()).join("\n\n");
  const field = kept && h("div", { className: "field" },
    h("label", { for: "kept-text" }, gettext("What you had written and not sent")),
    h("textarea", { className: "input", id: "kept-text", readOnly: true, value: kept, rows: 5 }));
  const copy = kept && navigator.clipboard && h("button", {
    type: "button", className: "button", onclick: () => navigator.clipboard.writeText(kept),
  }, gettext("Copy"));
  const box = h("div", { className: "empty centred removed" }, icon("log-out"), heading,
    h("p", {}, gettext("You left it, or it was closed to you. Nothing more arrives here, and nothing can be sent.")),
    field || null,
    h("p", { className: "buttons" }, h("a", { className: "button primary", href: pages }, gettext("All rooms")), copy || null));
  const pane = h("div", { className: "scroll" }, box);
  room.querySelectorAll(":scope > :not(.bar)").forEach((part) => part.remove());
  room.querySelector(".bar .menu")?.remove();
  room.append(pane);
  heading.focus();
}
