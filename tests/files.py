"""Where the tests' files lie."""

from pathlib import Path

from django.conf import settings

from digi.files.models import StoredFile


def path_of(file: StoredFile) -> Path:
    """A file's bytes on the disk, where the carrier is a folder."""
    return Path(settings.DIGI_FILES) / file.path
