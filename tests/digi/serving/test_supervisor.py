"""By supervisord on deploy/'s file, and what systemd's units say."""

import configparser
import os
import shlex
import subprocess
import sys
import time

import psutil
import pytest

from tests.digi.serving.recipes import recipes
from tests.servers import ROOT, free_port
from tests.visitor import Visitor


def test_supervisor_runs_server_and_worker_and_starts_them_again(serve, tmp_path):
    port, printed = free_port(), recipes()["supervisord"][0]
    url = f"http://127.0.0.1:{port}"
    text = (ROOT / "deploy" / "supervisor" / "digi.conf").read_text()
    places = {
        "/srv/digi/.venv/bin/python": sys.executable,
        "/srv/digi": str(ROOT),
        printed: printed.replace("8000", str(port)),
        "/var/log/digi": str(tmp_path),
        "user=digi\n": "",
    }
    for place, real in places.items():
        assert place in text
        text = text.replace(place, real)
    daemon = f"[supervisord]\nnodaemon=true\nlogfile={tmp_path}/all.log\npidfile={tmp_path}/pid\n"
    (tmp_path / "supervisord.conf").write_text(daemon + text)
    command = [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(tmp_path / "supervisord.conf")]

    server = serve(command, visitor=lambda: Visitor(url), DIGI_QUEUE=str(tmp_path / "queue"))

    assert Visitor(url).talk("by supervisor") == "by supervisor"
    children = {child.cmdline()[1]: child for child in psutil.Process(server.pid).children()}
    assert set(children) == {"run_daphne.py", "manage.py"}
    children["run_daphne.py"].kill()
    children["run_daphne.py"].wait(30)
    server.until_it_answers()
    assert Visitor(url).talk("after a crash") == "after a crash"


def test_systemds_units_run_what_is_tested():
    units = ROOT / "deploy" / "systemd"
    service = configparser.ConfigParser(strict=False)
    service.read(units / "digi.service")

    command = service["Service"]["ExecStart"].removeprefix("/srv/digi/.venv/bin/python ")

    assert command == recipes()["systemd's socket"][0]


@pytest.mark.parametrize(("status", "stays"), [("0", False), ("5", False), ("1", True), ("TERM", True)])
def test_old_archives_go_once_a_new_one_is_there_even_if_it_names_lost_files(tmp_path, status, stays):
    unit = configparser.ConfigParser(strict=False)
    unit.read(ROOT / "deploy" / "systemd" / "digi-backup.service")
    old, new = tmp_path / "digi-20260101T033000Z.tar", tmp_path / "digi-20260301T033000Z.tar"
    other = tmp_path / "notes.txt"
    for path in (old, new, other):
        path.touch()
    month_ago = time.time() - 32 * 86_400
    for path in (old, other):
        os.utime(path, (month_ago, month_ago))

    command = unit["Service"]["ExecStopPost"].replace("$$", "$").replace("/var/backups/digi", str(tmp_path))
    subprocess.run(shlex.split(command), env={**os.environ, "EXIT_STATUS": status}, check=True)

    assert "ExecStartPost" not in unit["Service"]
    assert old.exists() is stays
    assert new.exists()
    assert other.exists()
