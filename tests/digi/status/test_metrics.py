"""What Prometheus is told of processes and the disk, and measured numbers in words."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from digi.status import amounts, metrics
from digi.status.models import Kind, Process
from digi.status.services import processes


def _process(kind: Kind, seconds: int, memory: int | None) -> None:
    now = timezone.now()
    seen = now - timedelta(seconds=seconds)
    Process.objects.create(kind=kind, host="h", pid=1, started_at=now, seen_at=seen, memory=memory)


@pytest.mark.django_db
def test_processes_that_live_are_told(django_assert_num_queries):
    for seconds, memory in ((10, 100), (70, 20), (90, 9000)):
        _process(Kind.SERVER, seconds, memory)
    _process(Kind.WORKER, 170, None)

    with django_assert_num_queries(3):
        told = {(s.name, *s.labels.values()): s.value for family in metrics.collect() for s in family.samples}

    assert 0 < told.pop(("digi_disk_used_bytes",)) < told.pop(("digi_disk_bytes",))
    assert told == {
        ("digi_connections",): 0,
        ("digi_people_online",): 0,
        ("digi_mails_sent_last_minute",): 0,
        ("digi_webhooks_failing",): 0,
        ("digi_processes", "server"): 2,
        ("digi_processes", "worker"): 1,
        ("digi_processes_memory_bytes", "server"): 120,
        ("digi_processes_memory_bytes", "worker"): 0,
    }


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (4, "4"),
        (4.75, "4.75"),
        (0.1749, "0.175"),
        (29.66, "29.7"),
        (1234, "1234"),
        (0.5, "0.5"),
        (150, "150"),
        (12345.6, "12,346"),
    ],
)
def test_numbers_have_three_digits_and_lose_no_whole_ones(value, words):
    assert amounts.count(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0\xa0bytes"), (1000, "1000\xa0bytes"), (1536, "1.5 KB"), (220 * 2**20, "220 MB"), (2**70, "1,048,576 PB")],
)
def test_bytes_are_told_by_their_unit(value, words):
    assert amounts.size(value) == words


@pytest.mark.parametrize(("value", "words"), [(0.0123, "12.3 ms"), (0, "0 ms"), (2.5, "2.5 s")])
def test_short_times_are_milliseconds(value, words):
    assert amounts.seconds(value) == words


def test_numbers_speak_the_readers_language():
    with translation.override("de"):
        assert (amounts.count(4.75), amounts.size(1536)) == ("4,75", "1,5 KB")


@pytest.mark.django_db
def test_person_at_two_processes_is_one(monkeypatch):
    processes.lives(Kind.SERVER, sockets=3, people={1, 2})
    monkeypatch.setattr(processes, "_mine", {})
    processes.lives(Kind.SERVER, sockets=2, people={2, 3})
    processes.worker_lives()

    assert processes.online(Process.objects.all()) == 3
    assert Process.objects.count() == 3


@pytest.mark.django_db
def test_mails_of_the_last_minute_and_failing_webhooks_are_told(mail, webhook):
    digest = uuid.uuid4()
    for _row in range(3):
        mail("sent", due=600, settled=10, claim=digest)
    mail("sent", due=5, settled=1)
    mail("sent", due=600, settled=90)
    mail("failed", due=600, settled=1)
    webhook(failing=True)
    webhook(failing=True, active=False)
    webhook(failing=False)

    told = {sample.name: sample.value for family in metrics.collect() for sample in family.samples}

    assert (told["digi_mails_sent_last_minute"], told["digi_webhooks_failing"]) == (2, 1)
