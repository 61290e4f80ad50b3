"""Files that are there whole, or not at all."""

import errno
import os

import pytest

from digi.disk import new_file


@pytest.fixture(params=[True, False], ids=["links", "no links"])
def folder(request, tmp_path, monkeypatch):
    """A folder, on a disk that knows links and on one that does not."""
    if not request.param:

        def refuse(*_):
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
    return tmp_path


def test_new_file_is_there_whole_and_for_its_owner_alone(folder):
    with new_file(folder / "keys") as file:
        file.write(b"all of it")
        assert not (folder / "keys").exists()

    assert [path.name for path in folder.iterdir()] == ["keys"]
    assert (folder / "keys").read_bytes() == b"all of it"
    assert (folder / "keys").stat().st_mode & 0o777 == 0o600


def test_new_file_overwrites_nothing_even_what_came_meanwhile(folder):
    def write() -> None:
        with new_file(folder / "keys") as file:
            file.write(b"mine")
            (folder / "keys").write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        write()

    assert [path.name for path in folder.iterdir()] == ["keys"]
    assert (folder / "keys").read_bytes() == b"theirs"


def test_new_file_that_failed_leaves_nothing(folder):
    def write() -> None:
        with new_file(folder / "keys") as file:
            file.write(b"half")
            raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OSError, match="full"):
        write()

    assert list(folder.iterdir()) == []
