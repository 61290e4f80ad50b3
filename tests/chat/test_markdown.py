"""What people write, made safe; tests/js/markdown.samples.json holds what server and browser must both make of it."""

import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import markdown

SAMPLES = json.loads((Path(__file__).parents[1] / "js" / "markdown.samples.json").read_text())


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample["source"][:24] for sample in SAMPLES])
def test_render_gives_the_sample_and_its_excerpt(sample):
    assert markdown.render(sample["source"]) == sample["html"]
    assert markdown.excerpt(sample["source"]) == sample["excerpt"]


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "![x](https://example.org/pixel.gif)",
    '<https://example.org/" onmouseover="alert(1)>',
    '[x](https://example.org/"onmouseover="alert(1))',
    '```"><script>alert(1)</script>\n</code><script>alert(1)</script>\n```',
    "`</code><svg onload=alert(1)>`",
    "https://example.org/'onclick='alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


class _Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def _check(html):
    seen = _Seen()
    seen.feed(html)
    for tag, attributes in seen.tags:
        assert tag in markdown.TAGS
        assert set(attributes) <= markdown.ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        if tag == "a":
            assert re.match(r"(https?|mailto):", attributes["href"], re.IGNORECASE)
            assert attributes["rel"] == "noopener nofollow"


@pytest.mark.parametrize("text", HOSTILE)
def test_render_lets_nothing_hostile_through(text):
    _check(markdown.render(text))


@given(st.text(alphabet=st.sampled_from("ab1 \n\t`*_~<>[]()!#-+.\"'&;:/\\htps"), max_size=200))
def test_render_lets_nothing_through_whatever_is_written(text):
    _check(markdown.render(text))


def test_render_is_quick_for_texts_made_to_be_slow():
    start = time.process_time()

    for text in ("[" * 8000, "[a*_" * 2000, "*a_" * 2666, "> " * 4000, "`" * 8000, "https://" * 1000, "~~a" * 2666):
        markdown.render(text)

    assert time.process_time() - start < 2


def test_excerpt_is_one_line_of_at_most_the_length():
    assert markdown.excerpt("one **two**\n\n- three\n- `four`", 12) == "one two thre…"
