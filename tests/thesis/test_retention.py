"""The end of keeping: who erases, what goes, what stays, and that nothing goes before its time."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from chat.models import Room
from digi.accounts.models import User
from digi.audit import services as audit
from digi.audit.models import AuditEvent
from digi.errors import Conflict, Forbidden, NotFound, Stale
from digi.files.models import StoredFile
from digi.notifications.models import Notification, Watch
from tests.files import path_of
from tests.thesis.making import dated, put, upload
from thesis import days
from thesis.models import Assessment, Mark, Programme, Thesis, Topic
from thesis.services import applications, discussion, guests, keeping, plan, requests, retention, theses
from thesis.states import State

pytestmark = pytest.mark.django_db

OVER = {"state": State.ARCHIVED}


@pytest.fixture
def old(institute, alice, bob, carol):
    """A thesis with everything on it, kept until yesterday."""
    accepted = applications.accept(application=institute.offered(), by=alice)
    thesis = put(dated(accepted.thesis), state=State.WRITING)
    version = upload(thesis, "final", b"all of it")
    theses.transition(thesis=thesis, to="submitted", by=alice, declaration=True)
    thesis.refresh_from_db()
    thread, comment = discussion.open_thread(thesis=thesis, by=bob, body="@alice: the unit.", on=version)
    discussion.comment(thread=thread, by=alice, body="Done.", reply_to=comment.uuid)
    requests.ask(comment=comment, by=bob)
    milestone = plan.add_milestone(thesis=thesis, by=bob, title="M")
    plan.add_task(thesis=thesis, by=bob, title="T", milestone=milestone, comment=comment)
    _, secret = guests.invite(thesis=thesis, by=bob, name="Ravi", days=3)
    guests.comment(secret=secret, body="Fine.")
    Assessment.objects.create(thesis=thesis, examiner=carol, report="Good.", submitted_at=timezone.now())
    Mark.objects.create(thesis=thesis, student=alice, value="1.3", entered_by=carol)
    return put(thesis, kept_until=days.today() - timedelta(days=1), **OVER)


def test_everything_of_the_thesis_goes_and_nothing_else(old, institute, grace, django_capture_on_commit_callbacks):
    other = institute.thesis(title="Other")
    upload(other, "draft", b"other")
    gone = path_of(StoredFile.objects.get(version__document__thesis=old))
    uuid = old.uuid

    with django_capture_on_commit_callbacks(execute=True):
        retention.erase(thesis=old, by=grace)

    left = {
        model.__name__: model.objects.count()
        for model in apps.get_app_config("thesis").get_models()
        if model not in (Programme, Topic)
    }
    own = {"Thesis": 1, "ThesisMember": 3, "Transition": 1, "Document": 1, "DocumentVersion": 1, "Reading": 1}
    own |= {"Ledger": 1, "Happening": 3}  # its three members have joined
    assert left == dict.fromkeys(left, 0) | own
    assert not gone.exists()
    assert not Notification.objects.about(f"thesis:{uuid}").filter(revoked=False).exists()
    assert (Room.objects.count() > 0, User.objects.filter(username="alice").exists()) == (True, True)
    event = AuditEvent.objects.order_by("n").last()
    assert (event.action, event.target, event.actor) == ("thesis.erased", f"thesis:{uuid}", grace)
    assert audit.verify() is None


def test_nobody_keeps_what_they_were_told_of_an_erased_thesis_and_its_application(old, grace, erin):
    application = old.application
    about = (f"thesis:{old.uuid}", f"application:{application.uuid}")
    for target in about:
        Watch.objects.create(user=erin, target=target, level="all", title=old.title)
    retention.remind_coordinators()
    titles = {old.title, application.title}
    told = Notification.objects.filter(title__in=titles).values_list("user__username", "target")
    assert {("grace", about[0]), ("alice", about[0]), ("alice", about[1]), ("bob", about[1])} <= set(told)

    retention.erase(thesis=old, by=grace)

    assert not told.all().exists()
    assert not Watch.objects.filter(target__in=about).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"kept_until": timedelta(days=0)},
        {"kept_until": timedelta(days=1)},
        {"kept_until": None},
        {"state": State.COMPLETED},
        {"state": State.WITHDRAWN},
    ],
)
def test_thesis_that_must_be_kept_is_kept(old, grace, fields):
    if isinstance(fields.get("kept_until"), timedelta):
        fields = {"kept_until": days.today() + fields["kept_until"]}
    put(old, **fields)

    with pytest.raises(Conflict) as refused:
        retention.erase(thesis=old, by=grace)

    assert refused.value.code == "kept"
    assert Thesis.objects.filter(pk=old.pk).exists()


def test_only_coordinators_erase(old, alice, bob, erin, grace, client_for):
    for by, kind in ((alice, Forbidden), (bob, Forbidden), (erin, NotFound)):
        with pytest.raises(kind):
            retention.erase(thesis=old, by=by)
    with pytest.raises(Stale):
        retention.erase(thesis=old, by=grace, version=old.version + 1)

    statuses = [client_for(user).delete(f"/api/v1/theses/{old.uuid}/").status_code for user in (erin, bob, grace)]
    assert statuses == [404, 403, 204]


def test_coordinators_are_told_once_that_keeping_has_ended(old, grace):
    Notification.objects.all().delete()

    keeping.sweep()
    keeping.sweep()

    told = Notification.objects.values_list("user__username", "kind", "reason")
    assert list(told) == [("grace", "thesis.kept", "thesis.coordinator")]
