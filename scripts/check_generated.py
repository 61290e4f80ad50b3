"""Are the generated files those of their sources? Locks and translations; the vendored scripts have a test."""

import subprocess
import sys
from pathlib import Path

import polib
from lock import LOCKS, header

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print each complaint; leave with status 1 if there is one."""
    complaints = [*_locks(), *_catalogue("django"), *_catalogue("djangojs")]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    sys.exit(1 if complaints else 0)


def _locks() -> list[str]:
    stale = [name for name in LOCKS if not (ROOT / name).read_text().startswith(header())]
    return [f"{name} is not of this pyproject.toml: make lock" for name in stale]


def _catalogue(domain: str) -> list[str]:
    """What the sources say and the German catalogue does not, or says only roughly."""
    name = f"locale/de/LC_MESSAGES/{domain}.po"
    if not (ROOT / name).exists():
        return [f"{name} is missing"]

    catalogue = polib.pofile(str(ROOT / name))
    rough = [entry.msgid for entry in catalogue if entry.fuzzy or not entry.translated()]
    known = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete}
    missing = [msgid for context, msgid, plural in _said(domain) if (context, msgid, plural) not in known]
    return [f"{name}: not translated: {msgid!r}" for msgid in rough + missing]


def _said(domain: str) -> list[tuple[str | None, str, str]]:
    """Every string that the sources mark for translation."""
    template = ROOT / "locale" / f"{domain}.pot"
    ignored = [option for name in ("node_modules", "static/vendor", ".venv", "var", "tests") for option in ("-i", name)]
    command = [sys.executable, "manage.py", "makemessages", "--domain", domain, "--keep-pot", "--no-location"]
    languages = [option for name in ("de", "en") for option in ("--exclude", name)]  # nothing but the template
    subprocess.run([*command, *languages, *ignored, "--verbosity", "0"], cwd=ROOT, check=True)
    try:
        return [(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(template))]
    finally:
        template.unlink()


if __name__ == "__main__":
    main()
