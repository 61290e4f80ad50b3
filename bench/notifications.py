"""Notifications to open sockets: `python -m bench.notifications [RATE] [SECONDS] [AUDIENCE]`, else 200, 20 and 20.

A server of its own (production's code paths, limits off, SQLite in a temporary folder) and, in the second part, a
worker that mails each of them to nowhere. People with open sockets (the `websockets` library, bearer tokens) are on ten
theses; each thesis's supervisor plans meetings by the API on a fixed timetable, so that `RATE` notifications a second
arise for `AUDIENCE` people at a time. Latency counts from the moment a request was due to the frame that brings the
notification; what has not come ten seconds after the last one is lost. Ends with 1 where the rate was not held.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import websockets

from bench.servers import ROOT, Contender, Server, digi

THESES = 10
LATE = 1000.0  # milliseconds: the rate is held where 95 % come sooner and all of them come
PEOPLE = """
import json
from django.utils import timezone
from digi.accounts.models import Department, User
from digi.accounts.scopes import Scope
from digi.accounts.services import tokens
from thesis.models import Programme, Thesis, ThesisMember
programme = Programme.objects.create(
    department=Department.objects.create(name="Bench {part}", slug="bench-{part}"), name="Bench"
)
def person(name):
    made = User(username=name, email={addresses} and name + "@example.org" or None)
    made.set_unusable_password()
    made.save()
    return made, tokens.create(user=made, name="bench", scopes=Scope.values)[1]
for n in range({theses}):
    thesis = Thesis.objects.create(programme=programme, title=f"Thesis {{n}}", kind="master", state="writing")
    people = [person(f"{part}-{{n}}-{{k}}") for k in range({audience} + 1)]
    roles = ["supervisor"] + ["student"] * {audience}
    ThesisMember.objects.bulk_create(
        ThesisMember(thesis=thesis, user=user, role=role) for (user, _), role in zip(people, roles)
    )
    author, *others = (secret for _, secret in people)
    print(json.dumps(dict(thesis=str(thesis.uuid), author=author, others=others)))
"""


@dataclass
class Group:
    """A thesis: who plans its meetings, and who is told."""

    thesis: str
    author: str
    others: list[str]
    due: list[float] = field(default_factory=list)  # when each meeting was to be planned


@dataclass
class Told:
    """What arrived: seconds from when it was due."""

    latencies: list[float] = field(default_factory=list)
    doubled: int = 0
    last: float = 0.0


def main(rate: float, seconds: float, audience: int) -> int:
    """Both parts; the status to exit with."""
    held = []
    with tempfile.TemporaryDirectory() as folder:
        contender = digi(Path(folder))
        contender.environment["DIGI_EMAIL_URL"] = "dummymail://"
        contender.environment["DIGI_QUEUE"] = f"{folder}/queue.sqlite3"
        contender.prepare()
        for part, mails in (("sockets", False), ("mails", True)):
            groups = _groups(contender, part, audience, addresses=mails)
            with contender.running() as server, _worker(contender) if mails else nullcontext():
                time.sleep(4)  # the server freezes what it has after its start
                held.append(_measure(part, server, groups, rate=rate, seconds=seconds))
    return 0 if all(held) else 1


def _measure(part: str, server: Server, groups: list[Group], *, rate: float, seconds: float) -> bool:
    audience = len(groups[0].others)
    load, before, began = os.getloadavg()[0], server.cpu(), time.monotonic()
    told = asyncio.run(_run(server.port, groups, step=audience / rate, count=round(rate * seconds / audience)))
    cpu = server.cpu() - before
    wanted = sum(len(group.due) for group in groups) * audience
    waited = sorted(told.latencies)
    lost = wanted - len(waited)
    p50, p95, p99 = (1000 * waited[min(int(len(waited) * share), len(waited) - 1)] for share in (0.5, 0.95, 0.99))
    took, core = told.last - min(group.due[0] for group in groups), cpu / (time.monotonic() - began)
    print(
        f"{part}: {len(waited)} of {wanted} notifications to {len(groups) * audience} sockets in {took:.1f} s "
        f"({len(waited) / took:.0f}/s, asked {rate:.0f}/s), {audience} at a time; lost {lost}, doubled {told.doubled}; "
        f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms; "
        f"server CPU {1000 * cpu / wanted:.2f} ms each, {core:.0%} of a core; load {load:.1f}"
    )
    return not lost and not told.doubled and p95 <= LATE


async def _run(port: int, groups: list[Group], *, step: float, count: int) -> Told:
    """Open every socket, then plan meetings in turn, each when it is due, whatever became of those before."""
    told, ready = Told(), asyncio.Semaphore(0)
    listeners = [
        asyncio.create_task(_listen(port, secret, group, told, ready)) for group in groups for secret in group.others
    ]
    for _ in listeners:
        await asyncio.wait_for(ready.acquire(), 30)
    begin = time.monotonic() + 0.5
    for group in groups:
        group.due.clear()
    for n in range(count):
        groups[n % len(groups)].due.append(begin + n * step)
    await asyncio.gather(*(_plan(port, group) for group in groups))
    end, wanted = time.monotonic() + 10, count * len(groups[0].others)
    while len(told.latencies) < wanted and time.monotonic() < end:
        await asyncio.sleep(0.05)
    for listener in listeners:
        listener.cancel()
    await asyncio.gather(*listeners, return_exceptions=True)
    return told


async def _listen(port: int, secret: str, group: Group, told: Told, ready: asyncio.Semaphore) -> None:
    seen: dict[int, int] = defaultdict(int)
    async with websockets.connect(
        f"ws://127.0.0.1:{port}/ws/notifications/",
        additional_headers={"Authorization": f"Bearer {secret}"},
        compression=None,
        proxy=None,
        open_timeout=30,
    ) as link:
        await link.send('{"type":"hello"}')
        async for text in link:
            frame = json.loads(text)
            if frame["type"] == "welcome":
                ready.release()
            elif frame["type"] == "notification.new":
                told.last = time.monotonic()
                number = frame["notification"]["id"]
                seen[number] += 1
                told.doubled += seen[number] > 1
                told.latencies.append(told.last - group.due[number - 1])


async def _plan(port: int, group: Group) -> None:
    """One connection for each supervisor, kept open; a meeting that could not be planned ends the run."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b'{"starts_at":"2150-01-01T10:00:00Z"}'
    head = (
        f"POST /api/v1/theses/{group.thesis}/meetings/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {group.author}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    for due in group.due:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line[15:]) for line in answer.splitlines() if line.lower().startswith("content-length:"))
        content = await reader.readexactly(length)
        if " 201 " not in answer.splitlines()[0]:
            raise RuntimeError(f"{answer.splitlines()[0]}: {content[:300]!r}")
    writer.close()


def _groups(contender: Contender, part: str, audience: int, *, addresses: bool) -> list[Group]:
    script = PEOPLE.format(part=part, theses=THESES, audience=audience, addresses=addresses)
    lines = contender.manage_output("shell", "-c", script).splitlines()
    return [Group(**json.loads(line)) for line in lines if line.startswith("{")]


@contextmanager
def _worker(contender: Contender) -> Iterator[None]:
    """`manage.py worker` beside the server for the length of the block."""
    with (contender.folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [*contender.manage, "worker"],
            cwd=ROOT,
            env=contender.whole(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    rate, seconds, audience = [*given, *(200.0, 20.0, 20.0)[len(given) :]]
    sys.exit(main(rate, seconds, int(audience)))
