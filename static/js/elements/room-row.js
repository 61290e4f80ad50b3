import { h, hidden } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { excerpt } from "../lib/markdown-text.js";
import { me, roomPage, times } from "../lib/page.js";
import { Members } from "../models/members.js";
import { partner } from "../models/rooms.js";
import { avatar } from "./avatar.js";

const MARKS = {
  sent: ["check", "small", gettext("sent")],
  delivered: ["check-check", "small", gettext("delivered")],
  read: ["check-check", "small accent", gettext("read")],
};

/** Make a row of the list show its room; `draft` is what is begun there, `waiting` the last message that is not sent,
 * `current` whether the room is open. */
export function fillRow(li, room, { draft, waiting = null, current }) {
  const link = li.querySelector("a") ?? li.appendChild(h("a"));
  const other = partner(room, me.user);
  const last = room.last_message;
  link.href = roomPage(room.connection_id);
  link.toggleAttribute("data-unread", room.unread > 0);
  if (current) link.setAttribute("aria-current", "page");
  const name = h("span", { className: "name clip" }, room.title);
  if (other.presence === "online") name.append(hidden(`, ${gettext("online")}`));
  link.replaceChildren(
    avatar(other, { size: "large" }),
    name,
    h("span", { className: "when" }, last ? times.short(last.at) : ""),
    h("span", { className: "last clip" }, ...words(last, draft, waiting)),
    h("span", { className: "mark" }, ...mark(room, last, waiting)),
  );
}

function words(last, draft, waiting) {
  if (draft) return [h("span", { className: "harm" }, gettext("Draft:")), ` ${excerpt(draft)}`];
  if (waiting) return [h("b", {}, gettext("You:")), ` ${excerpt(waiting.message)}`];
  if (!last) return [gettext("Nothing written yet")];
  if (last.deleted) return [icon("ban", { size: "small" }), ` ${gettext("Message deleted")}`];
  const own = last.user === me.user;
  return [own ? h("b", {}, gettext("You:")) : null, `${own ? " " : ""}${excerpt(last.message)}`].filter(Boolean);
}

function mark(room, last, waiting) {
  if (waiting?.state === "failed") return [icon("circle-alert", { size: "small harm" }), hidden(gettext("not sent"))];
  if (waiting) return [icon("clock", { size: "small" }), hidden(gettext("waiting to be sent"))];
  if (room.unread) {
    const count = h("span", { className: "count" }, room.unread > 99 ? "99+" : String(room.unread));
    count.append(hidden(` ${gettext("unread")}`));
    return [count];
  }
  if (!last || last.deleted || last.user !== me.user) return [];
  const [name, size, word] = MARKS[new Members(room.members, me.user).progress(last.seq)];
  return [icon(name, { size }), hidden(word)];
}
