"""Are the generated files those of their sources? Locks, protobuf, translations, the vendored scripts."""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import make_messages
import make_protobuf
import polib
from lock import LOCKS, header

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def main() -> None:
    """Print each complaint; leave with status 1 if there is one."""
    catalogues = [complaint for domain in make_messages.DOMAINS for complaint in _catalogue(domain)]
    complaints = [*_locks(), *_protobuf(), *_vendor(), *catalogues]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    sys.exit(1 if complaints else 0)


def _locks() -> list[str]:
    stale = [name for name in LOCKS if not (ROOT / name).read_text().startswith(header())]
    return [f"{name} is not of this pyproject.toml: make lock" for name in stale]


def _protobuf() -> list[str]:
    files = make_protobuf.generated()
    stale = [name for name, text in files.items() if (ROOT / name).read_text() != text]
    return [f"{name} is not of this camera/camera.proto: make protobuf" for name in stale]


def _vendor() -> list[str]:
    """Bundle again and compare, where `npm ci` has been run; the test of their digests needs nothing."""
    if not (ROOT / "node_modules" / "esbuild").exists():
        print("static/vendor was not bundled again: that needs npm ci")
        return []
    with TemporaryDirectory() as folder:
        subprocess.run(["node", "scripts/vendor.mjs", folder], cwd=ROOT, check=True)
        again, kept = _files(Path(folder)), _files(ROOT / "static" / "vendor")
    different = sorted(name for name in again | kept if again.get(name) != kept.get(name))
    return [f"static/vendor/{name} is not of this package-lock.json: make vendor" for name in different]


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _catalogue(domain: str) -> list[str]:
    """Where the sources and the German catalogue part, and what it says only roughly."""
    catalogue = {make_messages.key(entry): entry for entry in make_messages.catalogue_of(domain)}
    said = {make_messages.key(entry) for entry in make_messages.said(domain)}
    rough = [key for key, entry in catalogue.items() if entry.fuzzy or not entry.translated()]
    found = {
        "not translated": [*rough, *(said - catalogue.keys())],
        "said by nobody, `make messages` drops it": [*(catalogue.keys() - said)],
        "other placeholders than its source": [key for key, entry in catalogue.items() if _strays(entry)],
    }
    name = f"locale/de/LC_MESSAGES/{domain}.po"
    return [f"{name}: {what}: {msgid!r}" for what, keys in found.items() for _, msgid, _ in keys]


def _strays(entry: polib.POEntry) -> bool:
    """Does the translation fill in anything else? The form for one may leave the number out."""
    if not entry.translated():
        return False
    source = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    forms = [set(PLACEHOLDER.findall(form)) for form in entry.msgstr_plural.values() or [entry.msgstr]]
    return forms[-1] != source or not all(form <= source for form in forms)


if __name__ == "__main__":
    main()
