import base64
import subprocess
import sys

from digi.secrets import keep_in
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
