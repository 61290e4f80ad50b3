import { arrange, h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { avatar } from "./avatar.js";
import { actor, meta, prose, quote, speaker, tombstone } from "./message-parts.js";
import { isConflict, trouble } from "./message-trouble.js";

const kept = new WeakMap();

/** Make a message's `<li>` show its item; what has not changed stays as it is, so focus and selection do too.
 *
 * An `<li>` that the server has drawn keeps its text. `members` knows names and faces.
 */
export function fill(li, item, members) {
  const parts = kept.get(li) ?? adopted(li, item);
  const part = (name, signature, build) => {
    if (parts.get(name)?.signature !== signature) parts.set(name, { signature, node: build() });
    return parts.get(name).node;
  };
  const { message, state, own, first } = item;
  const gone = state === "gone";
  const person = members.get(message.user);
  const name = members.name(message.user);

  mark(li, item, gone);
  const face = first && !own && person ? part("face", message.user, () => avatar(person, { presence: "" })) : null;
  const bubble = part("bubble", "", () => h("div", { className: "bubble" }));
  arrange(bubble, gone ? part("gone", `${item.stamp}`, () => tombstone(item, name)) : spoken(item, members, part, name));
  const below = part("below", `${state} ${item.late} ${item.entry?.cid}`, () => trouble(item));
  const tools = gone || item.entry ? null : part("tools", `${own}`, () => toolbar(own));
  arrange(li, [face, isConflict(item) ? null : bubble, below, tools].filter(Boolean));
  kept.set(li, parts);
}

function spoken(item, members, part, name) {
  const { message, source, state } = item;
  return [
    part("speaker", name, () => speaker(item, name)),
    source && part("quote", `${source.message_id} ${source.rev}`, () => quote(source, members.name(source.user))),
    part("prose", message.message, () => prose(message.message)),
    part("meta", `${state} ${message.at} ${message.changed_at} ${item.entry?.cid}`, () => meta(item)),
  ].filter(Boolean);
}

function mark(li, item, gone) {
  const { message, state, own, first } = item;
  li.className = "message";
  li.tabIndex = -1;
  if (message.seq) li.id = `m${message.seq}`;
  li.toggleAttribute("data-first", first);
  li.toggleAttribute("data-own", own);
  li.toggleAttribute("data-edited", !gone && Boolean(message.changed_at));
  if (state) li.dataset.state = state;
  else delete li.dataset.state;
}

function adopted(li, item) {
  const parts = new Map();
  const text = li.querySelector(".prose");
  if (text) parts.set("prose", { signature: item.message.message, node: text });
  const bubble = li.querySelector(".bubble");
  if (bubble) parts.set("bubble", { signature: "", node: bubble });
  return parts;
}

function toolbar(own) {
  const tool = (act, label, name) => {
    const button = actor(act, "", { className: "button quiet square small", "aria-label": label, tabIndex: -1 });
    button.append(icon(name));
    return button;
  };
  const more = tool("choices", gettext("More"), "ellipsis");
  more.setAttribute("aria-haspopup", "true");
  return h(
    "div",
    { className: "message-tools", role: "group", "aria-label": gettext("Message") },
    tool("reply", gettext("Reply"), "reply"),
    own ? tool("edit", gettext("Edit"), "pencil") : null,
    more,
  );
}
