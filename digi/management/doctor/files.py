"""Can files be kept, is there room, and were static files and translations made?"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.defaultfilters import filesizeformat

from digi.files import carriers
from digi.management.doctor.findings import Finding, care, fault, fine
from digi.status.services.checks import FULL, SCARCE, disk


def examine() -> Iterator[Finding]:
    try:
        carriers.current().check()
    except Exception as error:  # a disk's, or a bucket's
        yield fault(
            f"Files cannot be kept at {settings.DIGI_FILES}: {error}",
            "See whether DIGI_FILES is there and belongs to the account that serves; of a bucket, whether its "
            "server runs and the keys of DIGI_S3 may read, write and delete.",
        )
    else:
        yield fine(f"Files can be written, read and removed at {settings.DIGI_FILES}.")
    yield from _room()


def _room() -> Iterator[Finding]:
    free, whole = disk()
    says = f"{filesizeformat(free)} of {filesizeformat(whole)} are free on the disk."
    share = free / (whole or 1)
    if share >= SCARCE:
        yield fine(says)
        return
    tell = fault if share < FULL else care
    yield tell(says, "Make room, or keep recordings for fewer days (DIGI_CAMERA_RECORDING_DAYS).")


def static() -> Iterator[Finding]:
    yield from _translations()
    if settings.SERVESTATIC_USE_FINDERS:
        yield fine("Development: static files are served as they lie in the folders.")
        return
    storage: Any = staticfiles_storage
    names = storage.load_manifest()[0]
    missing = [name for finder in finders.get_finders() for name, _storage in finder.list([]) if name not in names]
    if not names:
        yield fault(
            f"No static files lie in {settings.STATIC_ROOT}: every page answers 500.",
            "manage.py collectstatic --noinput",
        )
    elif any(name.startswith(("css/", "js/")) for name in missing):
        yield fault(
            f"Static files are older than the code: {len(missing)} are missing, such as {missing[0]}.",
            "manage.py collectstatic --noinput",
        )
    else:
        yield fine(f"{len(names)} static files are collected.")


def _translations() -> Iterator[Finding]:
    (locale,) = settings.LOCALE_PATHS
    languages = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    absent = [code for code in languages if not (locale / code / "LC_MESSAGES" / "django.mo").is_file()]
    if absent:
        yield care(f"Pages are not translated: {', '.join(absent)}.", "python scripts/compile_messages.py")
