from pathlib import Path

import pytest

from tests.factories import PersonFactory

BOTH = ("folder", "s3")  # the carriers that a module's tests run on, as its CARRIERS


ON_A_FOLDER = pytest.mark.parametrize("folder", ["folder"], indirect=True)  # what only a folder can show


def pytest_generate_tests(metafunc):
    chosen = ON_A_FOLDER.mark in metafunc.definition.iter_markers("parametrize")
    if hasattr(metafunc.module, "CARRIERS") and not chosen:
        metafunc.parametrize("folder", metafunc.module.CARRIERS, indirect=True)


@pytest.fixture(autouse=True)
def folder(request, settings, tmp_path) -> Path:
    """Where this test's files lie on the disk: ours, or the S3-compatible server's."""
    if getattr(request, "param", "folder") == "s3":
        return request.getfixturevalue("s3").folder
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
