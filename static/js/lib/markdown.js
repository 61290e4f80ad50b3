import DOMPurify from "../../vendor/dompurify/dompurify.js";
import { excerpt, html } from "./markdown-text.js";

export { excerpt };

const SAFE = {
  ALLOWED_TAGS: ["p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"],
  ALLOWED_ATTR: ["href", "rel", "start", "tabindex"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ADD_URI_SAFE_ATTR: ["rel", "start", "tabindex"], // every other attribute has to look like an address
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** What somebody wrote, as a fragment that is safe in the page; chat/markdown.py renders the same on the server. */
export function render(text) {
  return DOMPurify.sanitize(html(text), SAFE);
}
