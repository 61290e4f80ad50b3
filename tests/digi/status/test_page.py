"""The status as administrators see it."""

import shutil
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.accounts.models import Role
from digi.accounts.services import departments, people
from digi.status.models import Kind, Process
from digi.status.services import processes
from digi.worker.models import Job, JobState
from tests.factories import AffiliationFactory, DepartmentFactory, PersonFactory

pytestmark = pytest.mark.django_db

PAGE = "/status/"


@pytest.fixture
def look(root, client_for, monkeypatch):
    """The page as it is now, without its marks; there is room on the disk."""
    monkeypatch.setattr(shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(100, 50, 50))
    browser = client_for(root)

    def ask(over: str = "hour"):
        answer = browser.get(PAGE, {"over": over})
        assert answer.status_code == 200
        return answer

    return ask


@pytest.fixture
def server(db):
    return processes.lives(Kind.SERVER, sockets=12)


@pytest.fixture
def worker(db):
    processes.worker_lives()


def _person(who: str):
    """Somebody who may not look."""
    user = PersonFactory(username=who)
    if who == "staff":
        people.set_rights(user=user, is_staff=True, is_superuser=False)
        user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=("status", "audit")))
    if who == "coordinator":
        AffiliationFactory(user=user, department=DepartmentFactory(), role=Role.COORDINATOR)
    if who == "former":
        office = AffiliationFactory(user=user, department=DepartmentFactory(), role=Role.COORDINATOR)
        departments.revoke(affiliation=office)
    if who == "former-administrator":
        PersonFactory(is_superuser=True)
        people.set_rights(user=user, is_staff=True, is_superuser=True)
        people.set_rights(user=user, is_staff=False, is_superuser=False)
    return user


@pytest.mark.parametrize("who", ["erin", "staff", "coordinator", "former", "former-administrator"])
def test_others_find_nothing(client_for, who):
    assert client_for(_person(who)).get(PAGE).status_code == 404


def test_signed_out_is_led_to_the_door(client):
    answer = client.get(PAGE)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/status/")


def test_menu_leads_there_for_administrators_alone(look, client_for):
    assert 'href="/status/"' in look().text
    assert 'href="/status/"' not in client_for(PersonFactory(username="erin")).get("/people/").text


def test_all_is_well_where_it_is(look, server, worker, measured):
    measured("viewers", 3, until=timezone.now() + timedelta(minutes=1))

    context = look().context

    assert (context["level"], context["sentence"]) == ("good", "All is well.")
    assert {part.level for part in context["parts"]} == {"good"}
    names = {part.name for part in context["parts"]}
    assert {"Database", "Tables", "Channel layer", "Key ring"} < names
    assert {"Worker", "Jobs", "Mail", "Webhooks", "Disk", "Releases", "Measuring"} < names


def test_worker_that_is_silent_is_wrong_and_comes_first(look, server, worker):
    Process.objects.filter(kind=Kind.WORKER).update(seen_at=timezone.now() - timedelta(minutes=4))

    context = look().context

    assert context["sentence"] == "One thing is wrong: Worker."
    assert context["parts"][0].sentence.startswith("None was heard of since ")
    assert context["parts"][0].todo.startswith("Start manage.py worker:")


def test_failed_job_wants_a_look_and_leads_to_the_admin(look, server, worker):
    Job.objects.create(task="duty:reminders", state=JobState.FAILED)

    answer = look()

    assert answer.context["sentence"] == "One thing wants a look: Jobs."
    assert answer.context["parts"][0].sentence == "1 has failed."
    assert 'href="/admin/worker/job/?state__exact=failed"' in answer.text


def test_job_that_waits_too_long_is_late(look, server, worker):
    Job.objects.create(task="thesis.read", due_at=timezone.now() - timedelta(minutes=11))

    assert look().context["parts"][0].sentence == "1 is late."


@pytest.mark.parametrize(
    ("state", "due", "settled", "sentence"),
    [
        ("waiting", 660, None, "1 mail should have left by now, the first at "),
        ("failed", 9000, 60, "1 mail was given up in the last day."),
    ],
)
def test_mail_that_does_not_leave_wants_a_look(look, server, worker, mail, state, due, settled, sentence):
    mail(state, due=due, settled=settled)

    part = look().context["parts"][0]

    assert (part.name, part.level) == ("Mail", "care")
    assert part.sentence.startswith(sentence)


def test_mails_on_their_way_and_old_failures_are_well(look, server, worker, mail):
    mail("waiting", due=60)
    mail("waiting", due=-3600)
    mail("failed", due=200_000, settled=100_000)

    assert look().context["sentence"] == "All is well."


def test_webhook_that_fails_wants_a_look(look, server, worker, webhook):
    webhook(failing=True)

    assert look().context["parts"][0].sentence == "1 fails."


@pytest.mark.parametrize(("free", "level"), [(11, "good"), (9, "care"), (2, "harm")])
def test_disk_that_fills_is_told_in_time(look, server, worker, monkeypatch, free, level):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(100, 100 - free, free))

    assert next(part.level for part in look().context["parts"] if part.name == "Disk") == level


def test_part_that_fails_says_so_and_what_to_do(look, server, worker):
    MigrationRecorder(connection).record_unapplied("chat", "0001_first")

    part = look().context["parts"][0]

    assert (part.name, part.level) == ("Tables", "harm")
    assert (part.sentence, part.todo) == ("The code is newer than the tables.", "Run manage.py migrate.")


def test_layer_that_is_away_is_told_without_its_address(look, server, worker, settings):
    host = {"address": "redis://user:hidden@127.0.0.1:1/0", "socket_timeout": None}
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [host]}}
    }

    answer = look()

    assert answer.context["parts"][0].sentence == "No message goes round it: ConnectionError."
    assert "hidden@" not in answer.text


def test_two_releases_at_once_want_a_look(look, server, worker):
    Process.objects.filter(kind=Kind.SERVER).update(version="0.0.9")

    assert look().context["sentence"] == "One thing wants a look: Releases."


def test_processes_are_listed_while_they_live(look, server, worker):
    gone = Process.objects.create(
        kind=Kind.SERVER, host="gone", pid=7, started_at=timezone.now(), seen_at=timezone.now() - timedelta(minutes=4)
    )

    answer = look()

    assert [one.kind for one in answer.context["processes"]] == ["server", "worker"]
    assert f"{server.host}:{server.pid}" in answer.text
    assert gone.host not in answer.text
    assert server.memory > 10_000_000


def test_before_the_first_minute_it_says_what_will_stand_there(look):
    assert "Nothing measured yet" in look().text


@pytest.mark.parametrize("over", ["hour", "day", "week", "month", "nonsense"])
def test_chart_has_a_name_a_finding_and_its_numbers(look, measured, over):
    measured("viewers", 2, 4, 6, until=timezone.now() + timedelta(minutes=1))

    answer = look(over)

    ((_title, (figure,)),) = answer.context["chapters"]
    assert figure.curves[0].high == "6"
    assert f'<desc id="viewers-d">{figure.finding}</desc>' in answer.text
    assert figure.rows[0][1][2] == "6"


def test_times_stand_in_the_persons_zone(look, measured):
    measured("viewers", 2, until=timezone.now() + timedelta(minutes=1))

    answer = look("day")

    assert {tick.at.utcoffset() for tick, _words in answer.context["axis"].ticks} <= {
        timedelta(hours=1),
        timedelta(hours=2),
    }
    assert all(words.endswith(":00") for _tick, words in answer.context["axis"].ticks)


def test_page_costs_as_much_with_three_of_everything(look, server, worker, measured):
    def cost() -> int:
        look()
        with CaptureQueriesContext(connection) as queries:
            look()
        return len(queries)

    measured("viewers", 1, until=timezone.now())
    Job.objects.create(task="duty:one", state=JobState.FAILED)
    one = cost()
    measured("frames", 1, 2, 3, until=timezone.now())
    for n in (2, 3):
        Job.objects.create(task=f"duty:{n}", state=JobState.FAILED)
        Process.objects.create(kind=Kind.SERVER, host=f"h{n}", pid=n, started_at=timezone.now())

    assert cost() == one


def test_strings_that_machines_name_are_escaped(look):
    Process.objects.create(kind=Kind.SERVER, host="<b>x</b>", pid=1, started_at=timezone.now())

    assert "&lt;b&gt;x" in look().text
