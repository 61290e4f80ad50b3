import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.core import serializers
from django.test import Client

from digi.accounts.models import Affiliation, Token, User
from digi.accounts.services import departments, people, profiles, tokens
from digi.audit.models import AuditEvent
from digi.errors import Conflict, Invalid
from digi.files.models import StoredFile
from digi.realtime.publish import user_topic
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited, closed
from tests.factories import DepartmentFactory
from tests.files import path_of
from tests.pictures import picture, upload

pytestmark = pytest.mark.django_db


def test_create_makes_an_account_that_signs_in():
    user = people.create(
        username="Dave", email="Dave@Example.org", verified=True, display_name=" Dave\u200b ", password=PASSWORD
    )

    assert (user.username, user.email, user.display_name) == ("dave", "dave@example.org", "Dave")
    assert EmailAddress.objects.get().verified
    assert EmailAddress.objects.get().primary
    assert Client().post("/accounts/login/", {"login": "dave", "password": PASSWORD}).headers["Location"] == "/"
    assert audited() == ["person.created", "sign_in"]


def test_create_without_a_password_lets_nobody_in():
    user = people.create(username="dave")

    assert not user.has_usable_password()
    assert user.email is None
    assert not EmailAddress.objects.exists()


def test_create_takes_further_columns():
    user = people.create(username="dave", language="de", time_zone="Europe/Zurich", is_superuser=True, is_staff=True)

    assert (user.language, user.time_zone, user.is_superuser, user.is_staff) == ("de", "Europe/Zurich", True, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a b"),
        ("username", ""),
        ("email", "nonsense"),
        ("display_name", "x" * 200),
        ("time_zone", "Mars"),
        ("language", "tlh"),
    ],
)
def test_create_names_the_field_that_is_wrong(field, value):
    with pytest.raises(Invalid) as raised:
        people.create(**{"username": "dave", field: value})

    assert list(raised.value.extra["errors"]) == [field]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"username": "ALICE"}, "user_name_taken"),
        ({"email": "Alice@example.org"}, "address_taken"),
        ({"email": "second@example.org"}, "address_taken"),
    ],
)
def test_create_refuses_what_is_somebody_elses(alice, fields, code):
    EmailAddress.objects.create(user=alice, email="second@example.org", verified=True)

    with pytest.raises(Conflict) as raised:
        people.create(**{"username": "dave", **fields})

    assert raised.value.code == code


def test_set_address_replaces_all_there_were(alice, admin):
    EmailAddress.objects.create(user=alice, email="second@example.org", verified=True)

    people.set_address(user=alice, email="New@example.org", by=admin)

    alice.refresh_from_db()
    assert alice.email == "new@example.org"
    assert list(EmailAddress.objects.filter(user=alice).values_list("email", "verified", "primary")) == [
        ("new@example.org", True, True)
    ]


def test_set_address_refuses_somebody_elses(alice, bob):
    with pytest.raises(Conflict):
        people.set_address(user=alice, email="bob@example.org")

    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


def test_deactivate_signs_out_and_keeps_out(alice, admin, client_for, committed):
    client = client_for(alice)

    with committed() as events:
        people.deactivate(user=alice, by=admin)

    assert client.get("/me/").status_code == 302
    assert (user_topic(alice.pk), 4401) in closed(events)
    assert Client().post("/accounts/login/", {"login": "alice", "password": PASSWORD}).status_code == 200
    assert AuditEvent.objects.filter(action="person.deactivated", actor=admin, target=f"user:{alice.uuid}").exists()


def test_reactivate_lets_in_again(alice):
    people.deactivate(user=alice)

    people.reactivate(user=alice)

    assert Client().post("/accounts/login/", {"login": "alice", "password": PASSWORD}).headers["Location"] == "/"


@pytest.mark.parametrize("act", [people.deactivate, people.anonymise])
def test_last_administrator_stays(admin, act):
    with pytest.raises(Conflict) as raised:
        act(user=admin)

    assert raised.value.code == "last_administrator"
    admin.refresh_from_db()
    assert admin.is_active


def test_last_administrator_keeps_the_rights(admin, alice):
    with pytest.raises(Conflict):
        people.set_rights(user=admin, is_staff=True, is_superuser=False)

    people.set_rights(user=alice, is_staff=True, is_superuser=True, by=admin)
    people.set_rights(user=admin, is_staff=True, is_superuser=False, by=alice)

    assert audited()[-2:] == ["rights.changed", "rights.changed"]


@pytest.fixture
def rich(alice, settings, tmp_path, client_for):
    """Alice with everything that an account can gather."""
    settings.DIGI_FILES = tmp_path
    profiles.set_avatar(user=alice, upload=upload(picture()))
    tokens.create(user=alice, name="Bot of Alice", scopes=["me:read"])
    TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    SocialAccount.objects.create(user=alice, provider="oidc", uid="alice-7", extra_data={"name": "Alice Meyer"})
    departments.grant(user=alice, department=DepartmentFactory(), role="student")
    alice.groups.add(Group.objects.create(name="Writers"))
    LogEntry.objects.log_actions(alice.pk, User.objects.filter(pk=alice.pk), CHANGE, "", single_object=True)
    client_for(alice).get("/me/")
    return alice


def test_anonymise_forgets_who_it_was(rich, admin, committed):
    path = path_of(rich.avatar)
    uuid = rich.uuid

    with committed() as events:
        people.anonymise(user=rich, by=admin)

    person = User.objects.get(pk=rich.pk)
    assert person.username.startswith("deleted-")
    assert (person.email, person.display_name, person.avatar, person.last_login) == (None, "", None, None)
    assert (person.is_active, person.has_usable_password(), person.uuid) == (False, False, uuid)
    assert person.anonymised_at is not None
    assert not path.exists()
    for model in (StoredFile, Token, Authenticator, SocialAccount, UserSession, Affiliation):
        assert not model.objects.exists(), model
    assert not EmailAddress.objects.filter(user=person).exists()
    assert not person.groups.exists()
    assert (user_topic(person.pk), 4401) in closed(events)


def test_anonymise_leaves_no_trace_of_the_name_anywhere(rich, admin):
    from django.apps import apps

    people.anonymise(user=rich, by=admin)

    for model in apps.get_models():
        if model._meta.managed and not model._meta.swapped:
            rows = json.dumps(serializers.serialize("python", model._base_manager.all()), default=str).lower()
            assert "alice" not in rows, model
            assert "meyer" not in rows, model


def test_anonymise_cannot_be_undone(alice):
    people.anonymise(user=alice)
    name = alice.username

    people.anonymise(user=alice)
    with pytest.raises(Conflict):
        people.reactivate(user=alice)

    alice.refresh_from_db()
    assert (alice.username, alice.is_active) == (name, False)


def test_anonymised_name_and_address_are_free_again(alice):
    people.anonymise(user=alice)

    again = people.create(username="alice", email="alice@example.org", verified=True)

    assert again.pk != alice.pk


def test_departments_grant_once_and_revoke(alice, admin):
    department = departments.create(name="Distributed Systems", by=admin)

    first = departments.grant(user=alice, department=department, role="examiner", by=admin)
    second = departments.grant(user=alice, department=department, role="examiner", by=admin)
    assert (department.slug, first) == ("distributed-systems", second)
    departments.revoke(affiliation=first, by=admin)

    assert not Affiliation.objects.exists()
    lines = AuditEvent.objects.filter(action__startswith="role.").order_by("n")
    details = {"department": "distributed-systems", "role": "examiner"}
    assert [(line.action, line.actor, line.target, line.details) for line in lines] == [
        ("role.granted", admin, f"user:{alice.uuid}", details),
        ("role.revoked", admin, f"user:{alice.uuid}", details),
    ]


def test_departments_refuse_unknown_roles_and_taken_names(alice):
    department = departments.create(name="One")

    with pytest.raises(Invalid):
        departments.grant(user=alice, department=department, role="king")
    with pytest.raises(Conflict):
        departments.create(name="Another", slug="one")


def test_anonymise_forgets_what_other_apps_keep(alice, bob):
    from chat.models import Draft
    from chat.services import drafts, rooms

    room, _created = rooms.open_pair(by=alice, other=bob)
    drafts.keep(room=room, by=alice, text="half a thought")
    drafts.keep(room=room, by=bob, text="another")

    people.anonymise(user=alice)

    assert [draft.membership.user for draft in Draft.objects.all()] == [bob]
