"""deploy/docker/roll.sh: what it asks of Docker, which a script plays that writes down what it is told."""

import os
import subprocess

import pytest

from tests.servers import ROOT

DOCKER = """#!/bin/sh
echo "$*" >>"$PLAYED/calls"
case "$*" in
    "compose ps --quiet web") cat "$PLAYED/running" ;;
    "compose ps --all --quiet web") cat "$PLAYED/there" ;;
    *--wait*) exit "$(cat "$PLAYED/status")" ;;
esac
"""
BEGIN = [
    "compose ps --quiet web",
    "compose run --rm --no-deps init",
    "compose up --detach --no-deps --no-recreate --wait --scale web=4 web",
]


@pytest.fixture
def roll(tmp_path):
    """Run it where the servers `running` are: exit code, what was said, and what Docker was told."""
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "docker").chmod(0o755)
    (tmp_path / "calls").touch()

    def run(*running: str, new: tuple[str, ...] = (), healthy: bool = True) -> tuple[int, str, list[str]]:
        (tmp_path / "running").write_text("".join(f"{one}\n" for one in running))
        (tmp_path / "there").write_text("".join(f"{one}\n" for one in (*running, *new)))
        (tmp_path / "status").write_text("0" if healthy else "1")
        done = subprocess.run(
            [ROOT / "deploy" / "docker" / "roll.sh"],
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PLAYED": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stderr, (tmp_path / "calls").read_text().splitlines()

    return run


def test_new_servers_come_before_the_old_ones_go(roll):
    status, said, calls = roll("old1", "old2", new=("new1", "new2"))

    assert (status, said) == (0, "")
    assert calls == [
        *BEGIN,
        "stop -t 30 old1",
        "rm old1",
        "stop -t 30 old2",
        "rm old2",
        "compose up --detach --no-deps --no-recreate --scale web=2 web",
        "compose up --detach --no-deps worker",
    ]


def test_new_servers_that_do_not_become_healthy_go_and_the_old_ones_serve_on(roll):
    status, said, calls = roll("old1", "old2", new=("new1", "new2"), healthy=False)

    assert status == 1
    assert said == "The new servers did not become healthy and were removed; the old ones serve on.\n"
    assert calls == [*BEGIN, "compose ps --all --quiet web", "rm --force new1 new2"]


def test_new_servers_that_were_not_even_made_need_no_removal(roll):
    status, _, calls = roll("old1", "old2", healthy=False)

    assert status == 1
    assert calls == [*BEGIN, "compose ps --all --quiet web"]


def test_where_no_server_runs_nothing_is_begun(roll):
    status, said, calls = roll()

    assert (status, said) == (1, "No server runs: docker compose up --detach\n")
    assert calls == ["compose ps --quiet web"]
