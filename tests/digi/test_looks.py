"""The look keeps its promises: contrast in both themes, no colour outside the tokens, markup that the CSP allows."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from digi.templatetags import digi_ui
from tests.digi.colour import contrast, parse

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
DAY, NIGHT = 0, 1
PAPER = ("ground", "page", "sheet", "well", "hover")

# Text or part, what it stands on, the least ratio. The worst of all backgrounds the pair occurs on counts.
PAIRS = (
    ("ink", (*PAPER, "accent-wash"), 4.5),
    ("ink-soft", (*PAPER, "accent-wash"), 4.5),
    ("ink-faint", (*PAPER, "accent-wash"), 4.5),
    ("accent", (*PAPER, "accent-wash"), 4.5),
    ("accent-ink", ("accent-wash",), 4.5),
    ("on-accent", ("accent-fill", "accent-press"), 4.5),
    ("on-harm", ("harm-fill",), 4.5),
    ("good", (*PAPER, "good-wash"), 4.5),
    ("care", (*PAPER, "care-wash"), 4.5),
    ("harm", (*PAPER, "harm-wash"), 4.5),
    ("ink", ("good-wash", "care-wash", "harm-wash", "mark"), 4.5),
    ("on-inverse", ("inverse",), 4.5),
    ("inverse-soft", ("inverse",), 4.5),
    ("inverse-accent", ("inverse",), 4.5),
    ("edge", (*PAPER, "accent-wash"), 3),
    ("focus", (*PAPER, "accent-wash"), 3),
    ("presence", ("page", "accent-wash"), 3),
)


def _tokens() -> dict[str, tuple[str, str]]:
    root = (CSS / "tokens.css").read_text().split("@media", 1)[0]
    found = re.findall(r"--([\w-]+):\s*light-dark\((oklch\([^)]*\)),\s*(oklch\([^)]*\))\)", root)
    return {name: (day, night) for name, day, night in found}


TOKENS = _tokens()


@pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(
    ("text", "papers", "least"), PAIRS, ids=lambda value: value if isinstance(value, str) else None
)
def test_contrast_suffices_on_every_background(text: str, papers: tuple[str, ...], least: float, theme: int) -> None:
    inks = parse(TOKENS[text][theme])

    ratios = {paper: contrast(inks, parse(TOKENS[paper][theme])) for paper in papers}

    assert min(ratios.values()) >= least, ratios


@pytest.mark.parametrize("tint", range(1, 9))
@pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])
def test_contrast_suffices_for_initials_on_every_tint(tint: int, theme: int) -> None:
    source = (CSS / "avatar.css").read_text()
    hue = re.search(rf'data-tint="{tint}"\] {{ --h: (\d+)', source)
    pairs = re.findall(r"light-dark\((oklch\(.*?\)\)), (oklch\(.*?\)\))\)", source)
    assert hue
    assert len(pairs) == 2

    ground, letters = (parse(pair[theme].replace("var(--h)", hue[1])) for pair in pairs)

    assert contrast(letters, ground) >= 4.5


def test_contrast_of_text_over_video_suffices_even_on_white() -> None:
    source = (CSS / "tokens.css").read_text()
    veil, text = (re.search(rf"--{name}: (oklch\([^)]*\))", source)[1] for name in ("veil", "on-veil"))  # type: ignore[index]

    over_white = parse(veil).over(parse("oklch(100% 0 0)"))

    assert contrast(parse(text), over_white) >= 4.5


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda path: path.stem)
def test_components_name_no_colour_of_their_own(sheet: Path) -> None:
    source = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)

    named = re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(|:\s*(?:white|black)\b", source)

    assert sheet.name == "tokens.css" or named == []


def test_pages_link_every_sheet_and_no_other() -> None:
    linked = set().union(*(re.findall(r"css/([\w-]+\.css)", path.read_text()) for path in TEMPLATES))
    imported = set().union(*(_imports(path) for path in CSS.glob("*.css")))

    assert linked | imported == {path.name for path in CSS.glob("*.css")}
    assert linked & imported == set()


def test_base_page_has_a_sheet_once_and_tokens_first() -> None:
    imported = _imports(CSS / "digi.css")

    assert len(imported) == len(set(imported))
    assert imported[:2] == ["tokens.css", "base.css"]


def _imports(sheet: Path) -> list[str]:
    return re.findall(r'@import "([\w-]+\.css)"', sheet.read_text())


def _lines(pattern: str, allowed: Callable[[Path], bool] = lambda path: False) -> Iterator[str]:
    for path in TEMPLATES:
        if allowed(path):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(pattern, line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"


def _is_mail(path: Path) -> bool:
    return "email" in path.parent.parts


def test_templates_hold_no_inline_style() -> None:
    assert list(_lines(r"\sstyle\s*=|<style", _is_mail)) == []


def test_templates_hold_no_inline_script() -> None:
    assert list(_lines(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son\w+\s*=\s*[\"']|javascript:")) == []


def test_templates_load_nothing_from_elsewhere() -> None:
    assert list(_lines(r"(src|href)=\"(https?:)?//")) == []


def test_icons_in_templates_and_scripts_exist() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    scripts = list((ROOT / "static/js").rglob("*.js"))
    sources = [path.read_text() for path in (*TEMPLATES, *scripts)]

    used = set().union(*(re.findall(r"(?:{% icon |\bicon\()[\"']([\w-]+)[\"']", source) for source in sources))

    assert used <= sprite
    assert len(used) > 10


def test_icon_without_a_label_is_silent() -> None:
    assert digi_ui.icon("x") == '<svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#x"/></svg>'


def test_icon_with_a_label_escapes_it() -> None:
    assert digi_ui.icon("x", "small", label="<Close>") == (
        '<svg class="icon small" role="img" aria-label="&lt;Close&gt;"><use href="/static/img/icons.svg#x"/></svg>'
    )


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.9", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_device_is_named_as_a_person_would(agent: str, words: str) -> None:
    assert digi_ui.device(agent) == words


def test_every_pair_of_tokens_is_a_colour_that_parses() -> None:
    themes = product(TOKENS.values(), (DAY, NIGHT))

    parsed = [parse(pair[theme]) for pair, theme in themes]

    assert len(parsed) > 60
