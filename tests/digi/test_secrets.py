import base64
import subprocess
import sys

import pytest

from digi import secrets
from digi.crypto import name_of, ring_keys
from digi.secrets import fresh, keep_in
from tests.servers import ROOT


def test_secrets_prints_fresh_keys_that_settings_accept_even_when_settings_refuse_to_load():
    command = [sys.executable, "-m", "digi.secrets"]

    first, second = (
        subprocess.run(command, cwd=ROOT, env={"DIGI_DEBUG": "0"}, check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    )

    secret_key, encryption_keys = first.splitlines()
    assert secret_key.startswith("DIGI_SECRET_KEY=")
    assert len(secret_key.removeprefix("DIGI_SECRET_KEY=")) >= 50
    assert len(base64.urlsafe_b64decode(encryption_keys.removeprefix("DIGI_ENCRYPTION_KEYS="))) == 32
    assert first != second


def test_secrets_kept_in_a_folder_are_made_once_for_their_owner_alone(tmp_path):
    made = keep_in(tmp_path)
    before = {path: path.read_text() for path in made}

    again = keep_in(tmp_path)

    assert [path.name for path in made] == ["secret_key", "encryption_keys"]
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    assert again == []
    assert {path: path.read_text() for path in made} == before


# A rotation's steps


def ring_file(path, *keys, inside="{}\n"):
    path.write_text(inside.format(",".join(keys)))
    path.chmod(0o640)
    return path


IN_DOTENV = "DIGI_SECRET_KEY=a,b\n\n# keys\nDIGI_ENCRYPTION_KEYS={}\nDIGI_NAME=Digi\n"


@pytest.mark.parametrize("inside", ["{}\n", IN_DOTENV, IN_DOTENV.replace("{}", '"{}"'), "export " + IN_DOTENV[24:]])
def test_steps_of_a_rotation_change_the_ring_and_nothing_else(tmp_path, inside):
    old = fresh(32)
    path = ring_file(tmp_path / "keys", old, inside=inside)

    added = secrets.add(path)
    assert path.read_text() == inside.format(",".join(added))
    assert (added[0], len(added)) == (old, 2)

    turned = secrets.turn(path)
    assert turned == added[::-1]
    assert path.read_text() == inside.format(",".join(turned))

    assert secrets.drop(path) == [added[1]]
    assert path.read_text() == inside.format(added[1])
    assert (tmp_path / "keys.former").read_text() == f"{old}\n"
    assert {one.name: one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {"keys": 0o640, "keys.former": 0o600}


def test_former_keys_are_all_kept(tmp_path):
    path = ring_file(tmp_path / "keys", *(keys := [fresh(32) for _ in range(3)]))

    secrets.drop(path)
    added = secrets.add(path)
    secrets.drop(path)

    assert (tmp_path / "keys.former").read_text().split() == [*keys[1:], added[1]]


@pytest.mark.parametrize("wrong", ["", "c2hvcnQ=\n", "DIGI_NAME=Digi\n"])
def test_file_without_a_whole_ring_is_left_as_it_is(tmp_path, wrong):
    path = tmp_path / "keys"
    path.write_text(wrong)

    for step in ("add", "turn", "drop"):
        done = subprocess.run(
            [sys.executable, "-m", "digi.secrets", step, str(path)], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 1
        assert "was left as it is" in done.stderr
        assert "Traceback" not in done.stderr
    assert path.read_text() == wrong
    assert list(tmp_path.iterdir()) == [path]


def test_step_says_which_key_seals_and_shows_none(tmp_path):
    path = ring_file(tmp_path / "keys", old := fresh(32))

    said = subprocess.run(
        [sys.executable, "-m", "digi.secrets", "add", str(path)], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    names = [name_of(key) for key in ring_keys(path.read_text().strip().split(","))]
    assert said == f"{path}: {names[0]} seals, {names[1]} opens. Restart.\n"
    assert old not in said
