/** Make an element: `h("p", { className: "after", hidden: true }, "text", node)`. Keys with a dash or the name
 * `role` become attributes, `dataset` is copied, functions named `onclick` and the like listen; null children and
 * undefined values are left out. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key === "dataset") Object.assign(element.dataset, value);
    else if (key.includes("-") || key === "role" || key === "for") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Words that are read aloud and not shown. */
export function hidden(text) {
  return h("span", { className: "hidden" }, text);
}

/** Make these nodes the children, in this order, without touching those that are in place: focus stays. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

/** Is something being written here, so that letters are letters? */
export function isField(element) {
  return element.isContentEditable || element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
}
