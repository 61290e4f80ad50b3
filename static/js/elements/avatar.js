import { h } from "../lib/dom.js";

/** A person's picture or initials, as the server's `avatar` tag draws them; `size` is "", "small" or "large". */
export function avatar(person, { size = "", presence = person.presence } = {}) {
  const face = person.avatar ? h("img", { src: person.avatar, alt: "" }) : person.initials;
  const dot = presence === "online" ? h("i", { className: "presence" }) : null;
  const properties = { className: `avatar ${size}`.trim(), "aria-hidden": "true", dataset: { tint: person.tint } };
  return h("span", properties, face, dot);
}
