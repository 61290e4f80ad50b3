import { excerpt, tree } from "./markdown-text.js";

export { excerpt };

/** What somebody wrote, as a fragment for the page; chat/markdown.py renders the same on the server.
 *
 * Safe because nothing is read as HTML: elements and attributes are those that `tree` names, all else is text.
 */
export function render(text) {
  const fragment = document.createDocumentFragment();
  fragment.append(...tree(text).map(grown));
  return fragment;
}

function grown(node) {
  if (typeof node === "string") return node;
  const element = document.createElement(node.name);
  for (const [name, value] of Object.entries(node.attributes)) element.setAttribute(name, value);
  element.append(...node.children.map(grown));
  return element;
}
