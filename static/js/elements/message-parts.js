// What a message is made of. Each function builds one part; message-item.js keeps those that have not changed.

import { h, hidden } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { excerpt, render } from "../lib/markdown.js";
import { me, times } from "../lib/page.js";

const MARKS = {
  pending: ["clock", gettext("waiting to be sent")],
  sent: ["check", gettext("sent")],
  delivered: ["check-check", gettext("delivered")],
  read: ["check-check", gettext("read")],
  failed: ["circle-alert", gettext("not sent")],
};

/** A button that asks the room for something: it sends the event `act` with what is asked and the item's key. */
export function actor(act, label, properties = {}) {
  return h("button", { type: "button", ...properties, dataset: { act } }, label);
}

// Reached by Tab once the message itself is: a long conversation is not a long row of stops.
const WITHIN = { tabIndex: -1 };

export function speaker(item, name) {
  return hidden(item.own ? gettext("You:") : `${name}:`);
}

export function quote(source, name) {
  const words = source.deleted ? gettext("Message deleted") : excerpt(source.message);
  const who = source.user === me.user ? gettext("You") : name;
  return h(
    "a",
    { ...WITHIN, className: "quote", href: `#m${source.seq}`, dataset: { act: "jump" } },
    h("b", {}, who),
    h("span", { className: "clip-2" }, words),
  );
}

export function prose(text) {
  const box = h("div", { className: "prose", dir: "auto" });
  box.append(render(text));
  return box;
}

export function meta(item) {
  const { message, state, own } = item;
  const mark = own && MARKS[state];
  const changed = message.changed_at && !item.entry;
  return h(
    "span",
    { className: "meta" },
    changed ? actor("revisions", gettext("edited"), { ...WITHIN, "aria-haspopup": "dialog" }) : null,
    h("time", { dateTime: message.at, title: times.full(message.at) }, times.clock(message.at)),
    mark ? icon(mark[0]) : null,
    mark ? hidden(mark[1]) : null,
  );
}

/** What stands in a deleted message's place. */
export function tombstone(item, name) {
  const { message, entry, own } = item;
  const at = times.clock(message.changed_at ?? new Date());
  const words = own ? gettext("You deleted this message, %(time)s") : gettext("%(name)s deleted this message, %(time)s");
  return [
    icon("ban"),
    h("span", {}, interpolate(words, { name, time: at }, true)),
    entry ? actor("undo", gettext("Undo")) : actor("hide", gettext("Hide"), WITHIN),
  ];
}
