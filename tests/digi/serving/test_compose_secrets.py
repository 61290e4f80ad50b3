"""deploy/docker/make_secrets.py and create_database.py: passwords that hold, made once, each where it belongs."""

import importlib.util
import os
import stat
import string
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.servers import ROOT


def script(name: str):
    specification = importlib.util.spec_from_file_location(name, ROOT / "deploy" / "docker" / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def make(tmp_path):
    """Run it on folders of its own; the files with their texts, by their paths."""
    for name in ("secrets", "shared/database", "shared/redis"):
        (tmp_path / name).mkdir(parents=True)

    def run() -> dict[str, str]:
        script("make_secrets").main(tmp_path / "secrets", tmp_path / "shared")
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        return {str(path.relative_to(tmp_path)): path.read_text().strip() for path in files}

    run.folder = tmp_path
    return run


def test_password_meets_the_policy_of_sql_server_and_needs_no_quotes():
    for _ in range(200):
        drawn = script("make_secrets").password()

        kinds = [string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_"]
        assert len(drawn) == 40
        assert all(set(drawn) & set(kind) for kind in kinds)
        assert set(drawn) <= set("".join(kinds))
        assert urlsplit(f"mssql://digi:{drawn}@database:1433/digi").password == drawn


def test_each_service_gets_its_own_secret_and_no_other(make):
    files = make()

    assert set(files) == {
        "secrets/lock",
        "secrets/secret_key",
        "secrets/encryption_keys",
        "secrets/admin_password",
        "secrets/database_password",
        "secrets/redis_password",
        "secrets/mssql_url",
        "secrets/postgres_url",
        "secrets/redis_url",
        "shared/database/password",
        "shared/redis/password",
        "shared/redis/redis.conf",
    }
    admin, own = files["secrets/admin_password"], files["secrets/database_password"]
    assert files["shared/database/password"] == admin != own
    assert files["secrets/mssql_url"] == f"mssql://digi:{own}@database:1433/digi"
    assert files["secrets/postgres_url"] == f"postgres://digi:{own}@database:5432/digi"
    assert files["shared/redis/redis.conf"].startswith(f"requirepass {urlsplit(files['secrets/redis_url']).password}\n")
    modes = {path: stat.S_IMODE((make.folder / path).stat().st_mode) for path in files if path != "secrets/lock"}
    assert {mode for path, mode in modes.items() if path.startswith("secrets/")} == {0o600}
    assert {mode for path, mode in modes.items() if path.startswith("shared/")} == {0o640}


def test_secrets_are_made_once_and_a_lost_copy_again(make):
    first = make()
    (make.folder / "shared/database/password").unlink()
    (make.folder / "secrets/redis_url").write_text("torn")

    assert make() == first


def test_secret_that_a_loss_of_power_has_emptied_is_not_taken_for_one(make):
    make()
    password, url = make.folder / "secrets/database_password", make.folder / "secrets/postgres_url"
    password.write_text("\n")
    before = url.read_text()

    with pytest.raises(SystemExit) as refused:
        make()

    assert str(refused.value).startswith(f"{password} is empty")
    assert url.read_text() == before
    assert password.read_text() == "\n"


def test_secrets_are_on_the_disk_before_they_take_their_names(make, monkeypatch):
    """Each file before its name, and the folders with the names after them."""
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name))

    files = make()

    names = {Path(path).name for path in files} - {"lock", "secret_key", "encryption_keys"}
    assert {f".{name}" for name in names} | {"secrets", "database", "redis"} <= set(flushed)


def test_two_who_start_at_once_make_the_same_secrets(make):
    seen: list[dict[str, str]] = []
    both = [threading.Thread(target=lambda: seen.append(make())) for _ in range(2)]

    for one in both:
        one.start()
    for one in both:
        one.join()

    made = make()
    assert urlsplit(made["secrets/mssql_url"]).password == made["secrets/database_password"]
    assert made["shared/database/password"] == made["secrets/admin_password"]


def test_sql_server_is_told_to_let_readers_read_before_anybody_comes():
    statements = script("create_database").mssql("digi", "a-Password_1", "digi")

    database, snapshot, login, *_, owner = statements
    assert database == "IF DB_ID(N'digi') IS NULL CREATE DATABASE [digi] COLLATE Latin1_General_100_CI_AS_SC"
    assert snapshot.endswith("ALTER DATABASE [digi] SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE")
    assert "is_read_committed_snapshot_on = 0" in snapshot
    assert "ALTER DATABASE [digi] SET ALLOW_SNAPSHOT_ISOLATION ON" in statements
    assert login.count("N'a-Password_1'") == 2
    assert owner == "ALTER ROLE db_owner ADD MEMBER [digi]"
