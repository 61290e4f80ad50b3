"""A big department asked over HTTP: `python -m bench.theses [THESES] [TIMES]`, 10000 and 40 unless told.

A server of its own (production's code paths, limits off, SQLite in a temporary folder) answers one client, one request
after the other; the first of each kind is not counted. Prints milliseconds as the client waits for the whole answer.
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench.servers import ROOT, Contender, digi

COORDINATOR = "grace"
TOKENS = f"""
from django.conf import settings
from django.test import Client
from digi.accounts.models import User
from digi.accounts.scopes import Scope
from digi.accounts.services import tokens
from digi.notifications.services import notify
from thesis.models import Thesis, ThesisMember
boss = User.objects.get(username="{COORDINATOR}")
members = ThesisMember.objects.filter(role="supervisor", thesis__programme__name="Crowd")
busy = members.select_related("user").first().user
other = User.objects.get(username="erin")
for thesis in Thesis.objects.of(busy)[:60]:
    told = dict(target=f"thesis:{{thesis.uuid}}", title=thesis.title, url="/", actor=other, facts={{"due_on": None}})
    for _ in range(30):
        notify(kind="thesis.dates", to={{busy: "thesis.supervisor"}}, **told)
for user in (boss, busy):
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.cookies[settings.SESSION_COOKIE_NAME].OutputString().partition(";")[0]
    print("TOKEN", tokens.create(user=user, name="bench", scopes=Scope.values)[1], session)
"""
QUESTIONS = {  # name → who asks, what: of the API, or a page where it begins with a slash
    "list with filters": (0, "theses/?state=writing&state=under_review&active=true&kind=master&limit=50"),
    "search": (0, "theses/?q=adaptive+streaming&limit=50"),
    "own theses under way": (1, "theses/?role=supervisor&active=true&limit=50"),
    "a supervisor's dashboard": (1, "dashboard/"),
    "a coordinator's dashboard": (0, "dashboard/"),
    "inbox": (1, "notifications/?limit=50"),
    "page: table of all": (0, "/theses/"),
    "page: table, by last change": (0, "/theses/?stage=all&sort=-changed"),
    "page: table, searched": (0, "/theses/?q=adaptive+streaming&state=writing"),
    "page: a supervisor's table": (1, "/theses/"),
    "page: board of all": (0, "/theses/board/"),
    "page: plan of all": (0, "/theses/plan/"),
    "page: library": (0, "/library/"),
    "page: reports": (0, "/reports/"),
}


class Asking(NamedTuple):
    """How somebody is known: to the API, and to pages."""

    token: str
    session: str


def main(count: int, times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        contender = digi(Path(folder))
        contender.prepare()
        _manage(contender, "demo", "--theses", str(count))
        answered = _manage(contender, "shell", "-c", TOKENS).splitlines()
        people = [Asking(*line.split()[1:]) for line in answered if line.startswith("TOKEN")]
        with contender.running() as server:
            time.sleep(3)  # the server freezes what it has after its start
            link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            print(f"{count} theses, {times} requests each; load average {os.getloadavg()[0]:.1f}")
            for name, (who, path) in QUESTIONS.items():
                before = server.cpu()
                waited = sorted([_ask(link, path, people[who]) for _ in range(times + 1)][1:])
                cpu = (server.cpu() - before) / (times + 1) * 1000
                middle, late = statistics.median(waited), waited[int(len(waited) * 0.95)]
                print(f"{name:34} p50 {middle:6.1f} ms   p95 {late:6.1f} ms   CPU {cpu:5.1f} ms")


def _ask(link: http.client.HTTPConnection, path: str, by: Asking) -> float:
    start = time.perf_counter()
    if path.startswith("/"):
        link.request("GET", path, headers={"Cookie": by.session})
    else:
        link.request("GET", f"/api/v1/{path}", headers={"Authorization": f"Bearer {by.token}"})
    answer = link.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
    return (time.perf_counter() - start) * 1000


def _manage(contender: Contender, *words: str) -> str:
    """A command in development's dress: the demo's accounts are refused to anything else."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("DIGI_", "DJANGO_"))}
    environment = plain | contender.environment | {"DIGI_BENCH": "0", "DIGI_DEMO_PASSWORD": "a bench's own"}
    done = subprocess.run(
        [*contender.manage, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)[:60]} failed.\n{done.stderr[-3000:]}")
    return done.stdout


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*[*given, *(10_000, 40)[len(given) :]])
