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

// What a token that opens becomes, outermost first; a heading is a bold paragraph.
const OPENING = {
  paragraph_open: ["p"],
  heading_open: ["p", "strong"],
  blockquote_open: ["blockquote"],
  bullet_list_open: ["ul"],
  ordered_list_open: ["ol"],
  list_item_open: ["li"],
  strong_open: ["strong"],
  em_open: ["em"],
  s_open: ["s"],
  link_open: ["a"],
};
const parser = parserWith(true);
const parserWithoutLabels = parserWith(false);

/** The text as a tree: strings, and elements as `{ name, attributes, children }`. What is not in it cannot come in. */
export function tree(text) {
  const open = [element("body")];
  for (const token of flat(parserFor(text).parse(text, {}))) {
    if (token.hidden) continue; // the paragraphs of a list without empty lines
    if (token.nesting === -1) open.length -= OPENING[token.type.replace("_close", "_open")].length;
    else if (token.nesting === 0) open.at(-1).children.push(leaf(token));
    else for (const name of OPENING[token.type]) open.push(child(open.at(-1), element(name, attributes(token))));
  }
  return open[0].children;
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
  return made;
}

function flat(tokens) {
  return tokens.flatMap((token) => (token.type === "inline" ? token.children : [token]));
}

function element(name, attributes = {}, ...children) {
  return { name, attributes, children };
}

function child(parent, node) {
  parent.children.push(node);
  return node;
}

function attributes(token) {
  const start = token.attrGet("start");
  if (token.type === "ordered_list_open" && start !== null) return { start };
  const href = token.attrGet("href");
  return token.type === "link_open" && LINK.test(href) ? { href, rel: "noopener nofollow" } : {};
}

function leaf({ type, content }) {
  if (type === "softbreak" || type === "hardbreak") return element("br");
  if (type === "code_inline") return element("code", {}, content);
  if (type !== "fence") return content;
  return element("pre", { tabindex: 0 }, element("code", {}, content)); // what scrolls sideways is reached by keyboard
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
