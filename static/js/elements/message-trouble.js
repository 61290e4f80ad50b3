// What stands below a message that has not gone through: why, and the ways out.

import { h } from "../lib/dom.js";
import { grouped } from "../lib/numbers.js";
import { LIMIT, codePoints } from "../models/length.js";
import { refusal } from "../models/refusals.js";
import { actor, prose } from "./message-parts.js";

const NOT_DONE = { add: gettext("Not sent:"), edit: gettext("Not changed:"), delete: gettext("Not deleted:") };

/** Was it written on a revision that no longer stands? Then both texts take the bubble's place. */
export function isConflict({ state, entry }) {
  return state === "failed" && entry?.error.code === "stale_revision";
}

/** The part below the bubble, or null. */
export function trouble(item) {
  const { entry, state, late } = item;
  if (state === "pending" && late) return h("p", { className: "after" }, gettext("Waiting for the connection"));
  if (state !== "failed") return null;
  if (isConflict(item)) return conflict(entry);
  return h("p", { className: "after harm" }, `${complaint(entry, entry.error)} `, ...waysOut(entry));
}

/** What was not done, and why. */
export function complaint(entry, error) {
  return `${NOT_DONE[entry.kind]} ${reason(entry, error)}`;
}

function reason(entry, { code }) {
  if (code !== "too_long") return refusal(code, gettext);
  return interpolate(gettext("%(length)s characters, and a message holds %(limit)s."), {
    length: grouped(codePoints(entry.message)), limit: grouped(LIMIT),
  }, true);
}

function waysOut({ kind, error }) {
  if (kind === "delete") return [actor("retry", gettext("Try again")), actor("discard", gettext("Keep the message"))];
  if (kind === "edit" && error.code === "message_deleted") {
    return [actor("resend", gettext("Send as a new message")), actor("discard", gettext("Discard"))];
  }
  return [
    actor("rewrite", gettext("Edit")), actor("retry", gettext("Try again")), actor("discard", gettext("Discard")),
  ];
}

// Both versions side by side; neither is lost before the writer decides. The frame's `text` is what stands there.
function conflict(entry) {
  return h(
    "div",
    { className: "after conflict" },
    h("p", {}, gettext("This message was changed elsewhere while you wrote. Both texts are here.")),
    version(gettext("There now"), entry.error.text),
    version(gettext("Yours"), entry.message),
    h(
      "p",
      { className: "buttons" },
      choice("overwrite", gettext("Take yours")),
      choice("discard", gettext("Leave what is there")),
      choice("rewrite", gettext("Edit yours")),
    ),
  );
}

function choice(act, label) {
  return actor(act, label, { className: "button small" });
}

// A long text scrolls within, so that the choices stay near; by keyboard, too.
function version(name, text) {
  const words = prose(text);
  Object.assign(words, { tabIndex: 0, role: "group", ariaLabel: name });
  return h("section", { className: "version" }, h("b", {}, name), words);
}
