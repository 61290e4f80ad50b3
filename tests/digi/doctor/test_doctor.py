"""The command as a whole: every part is looked at, faults make it leave with 1, and nothing secret is said."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from digi.accounts.services import first
from digi.status.models import Kind
from digi.status.services import processes
from tests.digi.doctor.postbox import postbox
from tests.servers import ROOT, free_port

PARTS = ["addresses", "secrets", "settings", "machine", "database", "keys", "redis", "files", "static files", "mail"]
PARTS += ["work", "cameras", "people"]


def _run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "doctor", *arguments]
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.django_db
def test_set_up_without_a_fault_leaves_with_0(doctor):
    processes.lives(Kind.WORKER)
    first.create(username="ada", email="ada@example.org", password="a long enough sentence")

    code, told = doctor()

    wrong = [one for findings in told["parts"].values() for one in findings if one["level"] == "fault"]
    assert (wrong, code, told["ok"]) == ([], 0, True)
    assert list(told["parts"]) == PARTS
    assert all(told["parts"].values())


@pytest.mark.django_db
def test_one_fault_leaves_with_1(doctor, settings):
    settings.DIGI_TIME_ZONE = "Europe/Atlantis"

    code, told = doctor()

    assert (code, told["ok"]) == (1, False)
    assert told["parts"]["machine"][0] == {
        "level": "fault",
        "says": "There is no time zone Europe/Atlantis.",
        "mend": "DIGI_TIME_ZONE is a name such as Europe/Berlin.",
    }


def test_dead_database_is_one_fault_and_its_password_is_not_told():
    port = free_port()

    ended = _run(DIGI_DATABASE_URL=f"postgres://digi:hunter2@127.0.0.1:{port}/digi", DIGI_REDIS_URL="")

    assert ended.returncode == 1
    assert f"!! PostgreSQL does not answer at 127.0.0.1:{port}: OperationalError." in ended.stdout
    assert "See whether it runs, whether DIGI_DATABASE_URL leads to it" in ended.stdout
    assert ended.stdout.count("It was not looked at.") == 4
    assert "1 of these must be mended." in ended.stdout
    assert "hunter2" not in ended.stdout + ended.stderr


def test_settings_that_do_not_load_are_one_line():
    ended = _run(DIGI_DEBUG="0", DIGI_SECRET_KEY="")

    assert ended.returncode == 1
    assert ended.stderr.startswith("Digi's settings are wrong: DIGI_DEBUG=0 needs DIGI_SECRET_KEY, DIGI_ALLOWED_HOSTS")
    assert "Traceback" not in ended.stderr


@pytest.mark.django_db
def test_worker_that_is_silent_is_a_fault_and_says_how_to_end_it(doctor):
    worker = processes.lives(Kind.WORKER)
    type(worker).objects.update(seen_at=timezone.now() - timedelta(hours=1))

    code, told = doctor()

    assert code == 1
    assert told["parts"]["work"][0]["says"].startswith("Worker: None was heard of since")
    assert told["parts"]["work"][0]["mend"].startswith("Start manage.py worker")


@pytest.mark.django_db
def test_test_mail_is_asked_for_by_its_address(doctor, settings):
    with postbox(settings) as answers:
        _code, told = doctor(mail="ada@example.org")

    assert told["parts"]["mail"][-1]["says"].startswith("A test mail to ada@example.org was taken: 250")
    assert len(answers.mails) == 1
