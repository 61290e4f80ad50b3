"""What people write, as safe HTML: the same subset that static/js/lib/markdown.js renders in the browser.

Paragraphs, line breaks, emphasis, strong, strikethrough, code, fenced code, quotations, lists and links to http,
https and mailto. A heading is a bold paragraph; images and HTML stay text.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

RULES = ["newline", "escape", "backticks", "strikethrough", "emphasis", "link", "autolink", "entity", "linkify"]
BLOCKS = ["fence", "blockquote", "list", "heading"]
TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "pre": {"tabindex"}}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener nofollow"
EXCERPT = 160  # code points
LABELS = 60_000  # brackets × length up to which labelled links are looked for: each bracket may scan all that follows

_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
# An address in running text: up to a space, a control character, an angle bracket or a quotation mark.
_ADDRESS = re.compile(
    r"https?://[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff<>\"`]+",
    re.IGNORECASE,
)
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def render(text: str) -> SafeString:
    """The text as HTML that is safe in a page."""
    html = nh3.clean(
        _parser_for(text).render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=REL,
        strip_comments=True,
    )
    return mark_safe(html)


def excerpt(text: str, length: int = EXCERPT) -> str:
    """The text's beginning in one line, without its marks."""
    line = " ".join(" ".join(_words(_parser_for(text).parse(text))).split())
    return line if len(line) <= length else f"{line[:length].rstrip()}…"


def _parser_for(text: str) -> MarkdownIt:
    return _parser(labels=text.count("[") * len(text) <= LABELS)


@lru_cache(maxsize=2)
def _parser(*, labels: bool) -> MarkdownIt:
    parser = MarkdownIt("zero", {"breaks": True, "linkify": True, "maxNesting": 100}).enable(RULES + BLOCKS)
    if not labels:
        parser.disable("link")
    parser.core.ruler.disable("linkify")
    parser.linkify = SimpleNamespace(match_at_start=_address)
    parser.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]
    parser.add_render_rule("heading_open", lambda *_: "<p><strong>")
    parser.add_render_rule("heading_close", lambda *_: "</strong></p>\n")
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("link_open", _link)
    return parser


def _fence(_renderer: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    """A block that scrolls sideways is reached by keyboard."""
    return f'<pre tabindex="0"><code>{_escaped(tokens[at].content)}</code></pre>\n'


def _link(_renderer: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    return f'<a href="{_escaped(str(tokens[at].attrGet("href")))}">'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _address(text: str) -> SimpleNamespace | None:
    """The address that the text begins with, without the sentence's own punctuation after it."""
    found = _ADDRESS.match(text)
    if found is None:
        return None
    url = found.group()
    while url and (url[-1] in ".,:;!?'*_~|”’»›…" or _unopened(url)):
        url = url[:-1]
    return SimpleNamespace(url=url) if re.match(r"https?://\w", url, re.IGNORECASE) else None


def _unopened(url: str) -> bool:
    opening = _BRACKETS.get(url[-1])
    return opening is not None and url.count(url[-1]) > url.count(opening)


def _words(tokens: Sequence[Token]) -> list[str]:
    words: list[str] = []
    for token in tokens:
        if token.type == "inline":
            words.append("".join(_word(child) for child in token.children or ()))
        elif token.type == "fence":
            words.append(token.content)
    return words


def _word(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content
