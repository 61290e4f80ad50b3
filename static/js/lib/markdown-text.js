import MarkdownIt from "../../vendor/markdown-it/markdown-it.js";
import { codePoints } from "../models/length.js";

const RULES = ["newline", "escape", "backticks", "strikethrough", "emphasis", "link", "autolink", "entity", "linkify"];
const BLOCKS = ["fence", "blockquote", "list", "heading"];
const EXCERPT = 160;
const LABELS = 60_000; // brackets × length up to which labelled links are looked for

const LINK = /^(?:https?|mailto):/i;
// An address in running text: up to a space, a control character, an angle bracket or a quotation mark.
const ADDRESS =
  /^https?:\/\/[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff<>"`]+/i;
const BRACKETS = { ")": "(", "]": "[", "}": "{" };

const rules = {
  heading_open: () => "<p><strong>",
  heading_close: () => "</strong></p>\n",
  // A block that scrolls sideways is reached by keyboard.
  fence: (tokens, at) => `<pre tabindex="0"><code>${escaped(tokens[at].content)}</code></pre>\n`,
  link_open: (tokens, at) => `<a href="${escaped(tokens[at].attrGet("href"))}" rel="noopener nofollow">`,
};
const parser = parserWith(true);
const parserWithoutLabels = parserWith(false);

/** The text as HTML that is not yet fit for a page: `render` in markdown.js is. */
export function html(text) {
  return parserFor(text).render(text);
}

/** The text's beginning in one line, without its marks. */
export function excerpt(text, length = EXCERPT) {
  const line = words(parserFor(text).parse(text, {})).join(" ").trim().split(/\s+/u).join(" ");
  const letters = [...line];
  return letters.length <= length ? line : `${letters.slice(0, length).join("").trimEnd()}…`;
}

function parserFor(text) {
  return (text.split("[").length - 1) * codePoints(text) <= LABELS ? parser : parserWithoutLabels;
}

function parserWith(labels) {
  const made = new MarkdownIt("zero", { breaks: true, linkify: true, maxNesting: 100 }).enable([...RULES, ...BLOCKS]);
  if (!labels) made.disable("link");
  made.core.ruler.disable("linkify");
  made.linkify = { matchAtStart: address };
  made.validateLink = (url) => LINK.test(url);
  Object.assign(made.renderer.rules, rules);
  return made;
}

function words(tokens) {
  return tokens.flatMap((token) => {
    if (token.type === "inline") return [token.children.map(word).join("")];
    return token.type === "fence" ? [token.content] : [];
  });
}

function word(token) {
  return token.type === "softbreak" || token.type === "hardbreak" ? " " : token.content;
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

// The address that the text begins with, without the sentence's own punctuation after it.
function address(text) {
  let url = ADDRESS.exec(text)?.[0] ?? "";
  while (url && (".,:;!?'*_~|”’»›…".includes(url.at(-1)) || unopened(url))) url = url.slice(0, -1);
  return /^https?:\/\/[\p{L}\p{N}_]/iu.test(url) ? { url } : null;
}

function unopened(url) {
  const opening = BRACKETS[url.at(-1)];
  return opening !== undefined && url.split(url.at(-1)).length > url.split(opening).length;
}
