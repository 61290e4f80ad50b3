"""The compose files as Compose reads them: variables filled in, overrides and `extends` merged; no engine is asked."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from tests.servers import ROOT

VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<how>:[-+?])(?P<word>(?:[^{}]|\{[^{}]*\})*))?\}")
BASE, POSTGRES, SQLITE = "docker-compose.yml", "docker-compose.postgres.yml", "docker-compose.sqlite.yml"
S3 = "docker-compose.s3.yml"
GONE = object()


class Override(dict):
    """A mapping that replaces what it is merged into."""


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_constructor("!reset", lambda loader, node: GONE)
_Loader.add_constructor("!override", lambda loader, node: Override(loader.construct_mapping(node, deep=True)))


def project(*names: str, **variables: str) -> dict[str, Any]:
    """`docker compose -f … config`, as far as these files need it."""
    merged: dict[str, Any] = {}
    for name in names:
        merged = _merged(merged, _loaded(name, variables))
    for service in merged["services"].values():
        if more := service.pop("extends", None):
            service |= _loaded(more["file"], variables)["services"][more["service"]]
    return merged


def _loaded(name: str, variables: Mapping[str, str]) -> dict[str, Any]:
    return _filled(yaml.load((ROOT / name).read_text(), _Loader), variables)


def _filled(part: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return type(part)({key: _filled(value, variables) for key, value in part.items()})
    if isinstance(part, list):
        return [_filled(value, variables) for value in part]
    return _text(part, variables) if isinstance(part, str) else part


def _text(text: str, variables: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        known, word = variables.get(match["name"], ""), match["word"] or ""
        if match["how"] == ":+":
            return _text(word, variables) if known else ""
        return known or _text(word, variables)

    return VARIABLE.sub(value, text)


def _merged(below: Any, above: Any) -> Any:
    if not isinstance(above, dict) or not isinstance(below, dict) or isinstance(above, Override):
        return above
    both = {**below, **{key: _merged(below.get(key), value) for key, value in above.items()}}
    if isinstance(below.get("volumes"), list):
        both["volumes"] = [*below["volumes"], *above.get("volumes", [])]
    return {key: value for key, value in both.items() if value is not GONE}
