"""What goes and what stays: told before, and then done by the same list."""

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digi.accounts import holdings
from digi.accounts.models import User
from digi.accounts.services import calendars, departments, erasure, people, tokens
from digi.audit.models import AuditEvent
from digi.environment import Rate
from digi.files.models import AVATAR, Upload
from digi.files.services import storage, uploads
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited
from tests.factories import DepartmentFactory
from tests.files import path_of

pytestmark = pytest.mark.django_db

ERASURE = "/api/v1/me/erasure/"

# Every column that points at a person, and the place that answers for it; or why none has to.
PLACES = {
    "accounts.User_groups.user": "account/groups",
    "accounts.User_user_permissions.user": "account/rights",
    "accounts.Affiliation.user": "account/roles",
    "accounts.Department.members": "account/roles",
    "accounts.Token.user": "account/tokens",
    "accounts.CalendarFeed.user": "account/calendar",
    "account.EmailAddress.user": "account/addresses",
    "mfa.Authenticator.user": "account/second-factors",
    "socialaccount.SocialAccount.user": "account/connections",
    "usersessions.UserSession.user": "account/sessions",
    "admin.LogEntry.user": "administration",
    "audit.AuditEvent.actor": "audit",
    "files.StoredFile.owner": "files",
    "files.Upload.owner": "uploads",
    "notifications.Inbox.user": "notifications/hours",
    "notifications.Notification.user": "notifications/inbox",
    "notifications.Notification.actor": "the inbox of somebody else",
    "notifications.Occurrence.user": "notifications/inbox",
    "notifications.Preference.user": "notifications/preferences",
    "notifications.Watch.user": "notifications/watches",
    "notifications.Mute.user": "notifications/mutes",
    "notifications.Delivery.user": "notifications/mails",
    "webhooks.Webhook.owner": "webhooks/webhooks",
    "chat.Room.created_by": "chat/rooms",
    "chat.Membership.user": "chat/rooms",
    "chat.Message.sender": "chat/messages",
    "chat.Change.actor": "chat/log",
    "chat.Change.subject": "chat/log",
    "camera.Camera.created_by": "cameras/made",
    "camera.Camera.changed_by": "cameras/changes",
    "camera.Grant.user": "cameras/roles",
    "camera.Grant.granted_by": "the role of somebody else",
    "camera.AgentToken.created_by": "cameras/tokens",
    "camera.Change.by": "cameras/changes",
    "camera.Preset.created_by": "cameras/presets",
    "camera.Recording.started_by": "cameras/recordings",
    "thesis.Transition.actor": "theses/steps",
    "thesis.Application.supervisor": "theses/asked",
    "thesis.Application.student": "theses/applications",
    "thesis.ApplicationDraft.student": "theses/application-drafts",
    "thesis.ApplicationDraft.supervisor": "the draft of somebody else",
    "thesis.SavedView.owner": "theses/views",
    "thesis.ApplicationStep.actor": "theses/application-steps",
    "thesis.Thread.resolved_by": "the talk of everybody on the thesis",
    "thesis.Comment_mentions.user": "the remark of somebody else",
    "thesis.Comment.mentions": "the remark of somebody else",
    "thesis.Comment.author": "theses/comments",
    "thesis.ChangeRequest.requested_by": "theses/change-requests",
    "thesis.ThesisMember.user": "theses/theses",
    "thesis.Invitation.invited_by": "theses/reviewers",
    "thesis.DocumentVersion.uploaded_by": "theses/documents",
    "thesis.Assessment.examiner": "theses/reports",
    "thesis.Mark.student": "theses/marks",
    "thesis.Mark.entered_by": "the mark of somebody else",
    "thesis.Meeting.created_by": "theses/meetings",
    "thesis.Task.assignee": "theses/tasks",
    "thesis.Task.created_by": "theses/tasks",
    "thesis.Extension.asked_by": "theses/extensions",
    "thesis.Extension.decided_by": "the extension of somebody else",
    "thesis.Topic_owners.user": "theses/topics",
    "thesis.Topic.owners": "theses/topics",
    "thesis.TopicSubscription.user": "theses/subscriptions",
}


@pytest.fixture
def rich(alice, settings, tmp_path):
    """Alice with something in most places of her account."""
    settings.DIGI_FILES = tmp_path
    kept = {"name": "alice.png", "media_type": "image/png", "content": b"a picture"}
    alice.avatar = storage.store(owner=alice, purpose=AVATAR, **kept)
    alice.save()
    uploads.begin(owner=alice, name="half.pdf", size=100)
    tokens.create(user=alice, name="bot", scopes=["me:read"])
    calendars.share(user=alice)
    departments.grant(user=alice, department=DepartmentFactory(), role="student")
    return alice


def told(client: Client) -> dict[str, dict[str, int]]:
    answer = client.get(ERASURE)
    assert answer.status_code == 200, answer.content
    return {fate: {line["name"]: line["count"] for line in lines} for fate, lines in answer.json().items()}


def test_preview_says_what_goes_and_what_stays_and_why(rich, client_for):
    client = client_for(rich)
    client.get("/me/")

    found = client.get(ERASURE).json()

    names = {line["name"]: line["count"] for line in found["goes"]}
    assert names["account/tokens"] == names["account/calendar"] == names["files"] == names["uploads"] == 1
    assert {"profile", "account/addresses", "account/sessions", "account/roles"} <= set(names)
    assert [line["name"] for line in found["stays"]] == ["audit"]
    assert all(line["why"] for line in found["stays"])
    assert all(line["what"] for line in found["goes"])


def test_preview_changes_nothing(rich, client_for):
    client = client_for(rich)
    client.get("/me/")
    before = told(client)

    assert told(client) == before
    assert EmailAddress.objects.filter(user=rich).exists()


def test_deed_leaves_exactly_what_the_preview_said(rich, client_for):
    client = client_for(rich)
    client.get("/me/")
    before = told(client)
    path = path_of(rich.avatar)

    answer = client.post(ERASURE, {"password": PASSWORD}, content_type="application/json")

    assert answer.status_code == 200, answer.content
    assert {line["name"] for line in answer.json()["goes"]} == set(before["goes"])
    person = User.objects.get(pk=rich.pk)
    left = {holding.name: holding.rows(person).count() for holding in holdings.everything()}
    assert not [name for name in before["goes"] if left[name]]
    assert all(left[name] >= count for name, count in before["stays"].items())
    assert person.anonymised_at is not None
    assert not Upload.objects.exists()
    assert audited()[-2:] == ["person.erased", "person.anonymised"]
    assert path.exists()  # until the transaction around this test would be committed


def test_nobody_is_signed_in_after_it(rich, client_for):
    client = client_for(rich)

    client.post(ERASURE, {"password": PASSWORD}, content_type="application/json")

    assert client.get(ERASURE).status_code == 401
    assert not Client().login(username="alice", password=PASSWORD)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "wrong_name"),
        ({"password": "wrong"}, 400, "wrong_password"),
        ({"password": "wrong", "username": "alice"}, 400, "wrong_password"),
        ({"username": "bob"}, 400, "wrong_name"),
        ({"username": "alice"}, 403, "sign_in_again"),
        ({"password": ["x"]}, 400, "invalid"),
    ],
)
def test_account_stays_unless_it_is_confirmed(alice, client_for, body, status, code):
    answer = client_for(alice).post(ERASURE, body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    alice.refresh_from_db()
    assert alice.anonymised_at is None


def test_user_name_is_enough_after_a_fresh_sign_in(alice, client_for):
    client = client_for(alice)
    client.post("/accounts/reauthenticate/?next=/me/", {"password": PASSWORD})

    answer = client.post(ERASURE, {"username": "alice"}, content_type="application/json")

    assert answer.status_code == 200, answer.content


def test_guessing_the_password_is_throttled(alice, client_for, settings):
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | {"confirmations": Rate(2, 300)}
    client = client_for(alice)

    found = [
        client.post(ERASURE, {"password": word}, content_type="application/json").status_code
        for word in ("one", "two", PASSWORD)
    ]

    assert found == [400, 400, 429]
    assert client.get(ERASURE).status_code == 200


def test_token_looks_and_never_erases(alice):
    _, secret = tokens.create(user=alice, name="bot", scopes=["me:read", "me:write", "me:export"])
    bearer = {"Authorization": f"Bearer {secret}"}

    assert Client().get(ERASURE, headers=bearer).status_code == 200
    answer = Client().post(ERASURE, {"password": PASSWORD}, content_type="application/json", headers=bearer)
    assert answer.status_code == 403
    alice.refresh_from_db()
    assert alice.anonymised_at is None


def test_stranger_neither_looks_nor_erases(client):
    assert client.get(ERASURE).status_code == 401
    assert client.post(ERASURE, {"password": PASSWORD}, content_type="application/json").status_code == 401


def test_another_page_cannot_erase(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="digi.accounts.backends.ByNameOrAddress")

    assert client.post(ERASURE, {"password": PASSWORD}, content_type="application/json").status_code == 403


def test_others_keep_everything(rich, bob, client_for):
    tokens.create(user=bob, name="bot", scopes=["me:read"])
    before = [(line.name, line.count) for line in erasure.preview(bob)]

    client_for(rich).post(ERASURE, {"password": PASSWORD}, content_type="application/json")

    assert [(line.name, line.count) for line in erasure.preview(bob)] == before


def test_last_administrator_stays(admin, client_for):
    answer = client_for(admin).post(ERASURE, {"password": PASSWORD}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    assert "person.erased" not in audited()
    admin.refresh_from_db()
    assert admin.is_active


def test_administrator_sees_the_same_before_anonymising(root, rich):
    page = root.get(f"/admin/accounts/user/{rich.pk}/anonymise/").content.decode()

    for line in erasure.preview(rich):
        assert line.label in page
        assert line.why in page


def test_every_column_that_points_at_people_is_answered_for():
    """A new one is registered in its app's holdings, and named above."""
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is User
    }
    names = {holding.name for holding in holdings.everything()}

    assert found == set(PLACES)
    assert {place for place in PLACES.values() if " " not in place} <= names


def test_cost_of_the_preview_is_the_same_for_one_and_three(rich, client_for):
    client = client_for(rich)

    def cost() -> int:
        client.get(ERASURE)
        with CaptureQueriesContext(connection) as queries:
            client.get(ERASURE)
        return len(queries)

    one = cost()
    for name in ("second", "third"):
        tokens.create(user=rich, name=name, scopes=["me:read"])

    assert cost() == one


def test_audit_names_nobody(rich, client_for):
    client_for(rich).post(ERASURE, {"password": PASSWORD}, content_type="application/json")

    lines = AuditEvent.objects.filter(action__in=("person.erased", "person.anonymised")).values_list(
        "target", "details"
    )
    assert set(lines.values_list("target", flat=True)) == {f"user:{rich.uuid}"}
    assert "alice" not in str(list(lines)).lower()


def test_erasing_twice_is_once(alice):
    people.anonymise(user=alice)

    people.anonymise(user=alice)

    assert audited().count("person.anonymised") == 1
