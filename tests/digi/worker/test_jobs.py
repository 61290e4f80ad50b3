"""Jobs: written with their cause, run at least once, tried again, and seen when they fail."""

import time
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.test import Client
from django.utils import timezone

from digi.audit.models import AuditEvent
from digi.worker import leases, queue, registry
from digi.worker.models import Job, JobState
from digi.worker.services import duties, jobs
from tests.digi.worker.process import Worker
from tests.digi.worker.tasks import fail, linger, note
from tests.factories import PersonFactory


@pytest.fixture
def path(tmp_path):
    return tmp_path / "notes"


def lines(path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def until(holds, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@pytest.mark.django_db
def test_job_runs_with_its_arguments_and_is_gone(path):
    jobs.later(note, path=str(path), text="hello")

    jobs.run_due()
    jobs.run_due()

    assert lines(path) == ["hello"]
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_job_of_a_transaction_that_is_rolled_back_does_not_run(path, queue_file):
    with transaction.atomic():
        jobs.later(note, path=str(path), text="never")
        transaction.set_rollback(True)

    jobs.run_due()

    assert lines(path) == []


@pytest.mark.django_db
def test_job_waits_for_its_time(path):
    jobs.later(note, after=timedelta(hours=1), path=str(path), text="later")

    jobs.run_due()
    assert lines(path) == []
    Job.objects.update(due_at=timezone.now())
    jobs.run_due()

    assert lines(path) == ["later"]


@pytest.mark.django_db
def test_failing_job_is_tried_again_and_then_kept_with_its_error(path):
    jobs.later(fail, path=str(path))

    jobs.run_due()
    first = Job.objects.get()
    assert (first.state, first.tries) == (JobState.WAITING, 1)
    assert 25 < (first.due_at - timezone.now()).total_seconds() < 31
    Job.objects.update(due_at=timezone.now())
    jobs.run_due()

    last = Job.objects.get()
    assert (last.state, last.tries, lines(path)) == (JobState.FAILED, 2, ["tried", "tried"])
    assert last.error.endswith("ValueError: this goes wrong\n")


@pytest.mark.django_db
def test_job_that_ends_each_worker_is_given_up(path):
    job = jobs.later(note, path=str(path), text="x")
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, tries=2, claimed_until=past)

    jobs.run_due()

    assert lines(path) == []
    assert Job.objects.get().state == JobState.FAILED


@pytest.mark.django_db
def test_task_of_another_release_is_kept_as_failed():
    Job.objects.create(task="thesis.tasks.gone")

    jobs.run_due()

    assert Job.objects.get().state == JobState.FAILED


@pytest.mark.django_db
def test_claimed_job_is_nobody_elses(path):
    jobs.later(note, path=str(path), text="x")

    claimed = jobs._claim()

    assert claimed is not None
    assert jobs._claim() is None
    Job.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert jobs._claim() == claimed


def test_lease_is_renewed_while_work_lasts(settings):
    settings.DIGI_WORKER_LEASE = 0.03
    renewed = []

    with leases.kept(renewed.append):
        until(lambda: len(renewed) >= 3)
    count = len(renewed)
    time.sleep(0.03)

    assert len(renewed) == count


def test_lease_is_renewed_after_a_renewal_that_failed(settings, caplog):
    settings.DIGI_WORKER_LEASE = 0.03
    asked = []

    def renew(end) -> None:
        asked.append(end)
        if len(asked) == 1:
            raise OperationalError("the database is away")

    with leases.kept(renew):
        until(lambda: len(asked) >= 3)

    assert [record.getMessage() for record in caplog.records] == ["a lease was not renewed: the database is away"]


# Duties


@pytest.fixture
def duty(monkeypatch):
    """A duty whose work fails as long as `broken` holds something."""
    broken: list[str] = ["broken"]

    def work() -> None:
        if broken:
            raise ValueError(broken[0])

    monkeypatch.setitem(registry.duties, "test", registry.Duty("test", work, 1))
    return broken


@pytest.mark.django_db
def test_failing_duty_is_kept_once_until_it_succeeds(duty):
    duties.run("test")
    duties.run("test")

    failed = Job.objects.get()
    assert (failed.task, failed.state) == ("duty:test", JobState.FAILED)
    duty.clear()
    duties.run("test")
    assert not Job.objects.exists()


# The admin


@pytest.fixture
def root(client_for) -> Client:
    return client_for(PersonFactory(username="root-of-all", is_staff=True, is_superuser=True))


@pytest.mark.django_db
def test_administrator_sees_what_failed_and_runs_it_again(root, path, django_capture_on_commit_callbacks, queue_file):
    job = jobs.later(note, path=str(path), text="again")
    Job.objects.update(state=JobState.FAILED, tries=2, error="Traceback\nValueError: no disk\n")

    page = root.get("/admin/worker/job/").content.decode()
    detail = root.get(f"/admin/worker/job/{job.pk}/change/").content.decode()
    root.post("/admin/worker/job/", {"action": "run_again", "_selected_action": [job.pk]})
    jobs.run_due()

    assert "ValueError: no disk" in page
    assert "Traceback" in detail
    assert lines(path) == ["again"]
    assert AuditEvent.objects.filter(action="job.again").count() == 1


@pytest.mark.django_db
def test_others_neither_see_nor_run_jobs(client_for, path):
    job = jobs.later(note, path=str(path), text="x")
    Job.objects.update(state=JobState.FAILED)
    erin, clerk = PersonFactory(), PersonFactory(is_staff=True)

    for person in (erin, clerk):
        client = client_for(person)
        assert client.get("/admin/worker/job/", follow=True).status_code == 403
        client.post("/admin/worker/job/", {"action": "run_again", "_selected_action": [job.pk]})

    assert Job.objects.get().state == JobState.FAILED


# The process


@pytest.mark.django_db(transaction=True)
def test_worker_does_what_is_asked_and_what_was_asked_while_it_was_down(path, queue_file):
    jobs.later(note, path=str(path), text="before")

    with Worker(queue=queue_file):
        until(lambda: lines(path) == ["before"])
        jobs.later(note, path=str(path), text="now")
        until(lambda: lines(path) == ["before", "now"])
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_killed_workers_job_is_run_by_the_next(path, queue_file):
    jobs.later(linger, path=str(path))

    worker = Worker(queue=queue_file).start()
    until(lambda: lines(path) == ["begun"])
    worker.kill()
    path.with_name("notes.go").touch()
    with worker:
        until(lambda: lines(path) == ["begun", "begun", "done"])
        until(lambda: not Job.objects.exists())


@pytest.mark.django_db(transaction=True)
def test_redis_carries_the_wake_ups_where_there_is_one(path, queue_file, settings, redis_url):
    settings.DIGI_REDIS_URL = redis_url

    with Worker(queue=queue_file, DIGI_REDIS_URL=redis_url):
        time.sleep(0.5)
        jobs.later(note, path=str(path), text="now")
        until(lambda: lines(path) == ["now"])


@pytest.mark.django_db(transaction=True)
def test_queue_that_is_away_costs_a_line_in_the_log(path, queue_file, settings, caplog):
    settings.DIGI_REDIS_URL = "redis://127.0.0.1:1/0"

    jobs.later(note, path=str(path), text="x")

    assert Job.objects.count() == 1
    assert "the worker was not woken" in caplog.text
    queue._coming.clear()


@pytest.mark.django_db(transaction=True)
def test_worker_touches_its_pulse_from_the_start_and_every_minute(tmp_path, queue_file, settings):
    with Worker(queue=queue_file, DIGI_WORKER_PULSE=str(tmp_path / "started")):
        assert (tmp_path / "started").exists()
    settings.DIGI_WORKER_PULSE = str(tmp_path / "ticked")

    queue.tick()

    assert (tmp_path / "ticked").exists()


@pytest.mark.parametrize("url", ["", "redis://127.0.0.1:1/0"])
def test_queue_never_works_in_the_process_that_asks(settings, queue_file, url):
    settings.DEBUG, settings.DIGI_REDIS_URL = True, url

    assert queue.huey().immediate is False
