"""Brings the German catalogues up to date with what the sources mark for translation; needs gettext's xgettext.

New strings come in untranslated, what nobody says any more goes, and everything stands in the order of the sources,
without places and dates: a change of one string is a change of one entry.
"""

import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
DOMAINS = ("django", "djangojs")
FOREIGN = ("node_modules", "static/vendor", ".venv", "var", "tmp", "tests")
HEADER = {
    "Project-Id-Version": "Digi",
    "Language": "de",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def main() -> None:
    """Write the catalogues and say how much of each is left to translate."""
    for domain in DOMAINS:
        catalogue = polib.POFile(wrapwidth=0)
        catalogue.metadata = HEADER
        catalogue.extend(_translated(said(domain), catalogue_of(domain)))
        path_of(domain).parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path_of(domain)))
        print(f"{path_of(domain).relative_to(ROOT)}: {len(catalogue.untranslated_entries())} to translate")


def path_of(domain: str) -> Path:
    return ROOT / "locale" / "de" / "LC_MESSAGES" / f"{domain}.po"


def catalogue_of(domain: str) -> polib.POFile:
    """The German catalogue as it is; empty where there is none."""
    return polib.pofile(str(path_of(domain))) if path_of(domain).exists() else polib.POFile()


def said(domain: str) -> polib.POFile:
    """Every string that the sources mark for translation."""
    template = ROOT / "locale" / f"{domain}.pot"
    ignored = [option for name in FOREIGN for option in ("--ignore", name)]
    command = [sys.executable, "manage.py", "makemessages", "--domain", domain, "--keep-pot", "--no-location"]
    languages = [option for name in ("de", "en") for option in ("--exclude", name)]  # nothing but the template
    subprocess.run([*command, *languages, *ignored, "--verbosity", "0"], cwd=ROOT, check=True)
    try:
        return polib.pofile(str(template))
    finally:
        template.unlink()


def key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    """What makes an entry another one: context, singular, plural."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _translated(template: polib.POFile, catalogue: polib.POFile) -> list[polib.POEntry]:
    known = {key(entry): entry for entry in catalogue if not entry.obsolete}
    for entry in template:
        if before := known.get(key(entry)):
            entry.msgstr, entry.msgstr_plural = before.msgstr, before.msgstr_plural
    return list(template)


if __name__ == "__main__":
    main()
