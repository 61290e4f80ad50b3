from pathlib import Path

import pytest

from tests.factories import PersonFactory


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """Where this test's files lie."""
    settings.DIGI_FILES = tmp_path / "files"
    return settings.DIGI_FILES


@pytest.fixture
def alice(db):
    return PersonFactory(username="alice")


@pytest.fixture
def bob(db):
    return PersonFactory(username="bob")


def stored(folder: Path) -> list[Path]:
    """Every file below the folder, half-written ones too."""
    return [path for path in folder.rglob("*") if path.is_file()]
