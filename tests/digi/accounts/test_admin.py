import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from digi.accounts.models import Token, User
from digi.accounts.services import tokens
from digi.audit.models import AuditEvent
from digi.realtime.publish import session_topic, user_topic
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited, closed
from tests.factories import AffiliationFactory, PersonFactory

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/accounts/user/"
DEPARTMENTS = "/admin/accounts/department/"
IMPORT = "/admin/accounts/user/import/"
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)")
MODELS = [
    "accounts/user",
    "accounts/department",
    "accounts/token",
    "audit/auditevent",
    "files/storedfile",
    "auth/group",
    "account/emailaddress",
    "mfa/authenticator",
    "socialaccount/socialaccount",
    "usersessions/usersession",
]


@pytest.fixture
def clerk(client_for) -> Client:
    """Staff who may change people, and nothing above themselves."""
    person = PersonFactory(username="clerk", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    return client_for(person)


def page_of(person) -> str:
    return f"{PEOPLE}{person.pk}/change/"


def fields_of(person, **changes) -> dict:
    fields = {"email": person.email, "display_name": person.display_name}
    fields |= {name: "on" for name in ("is_staff", "is_superuser") if getattr(person, name)}
    shown = {f"initial-{name}": value for name, value in fields.items()}
    return shown | {name: value for name, value in (fields | changes).items() if value is not None}


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_for_the_administrator_alone(root, alice, client_for, model):
    assert root.get(f"/admin/{model}/").status_code == 200
    assert client_for(alice).get(f"/admin/{model}/", follow=True).status_code == 403
    assert Client().get(f"/admin/{model}/").status_code == 302


def test_admin_pages_keep_to_the_content_security_policy(root, alice):
    """No inline script or style, which the policy would silently drop."""
    department = AffiliationFactory().department
    tokens.create(user=alice, name="bot", scopes=["me:read"])
    places = ["/admin/", f"{PEOPLE}add/", IMPORT, f"{DEPARTMENTS}{department.pk}/change/"]
    places += [f"{PEOPLE}{alice.pk}/{place}/" for place in ("change", "password", "switch", "anonymise", "history")]
    places += [f"/admin/{model}/" for model in MODELS]

    for place in places:
        page = root.get(place).content.decode()
        assert "<html" in page
        assert "<style" not in page, place
        assert " style=" not in page, place
        assert not INLINE_SCRIPT.search(page), place


@pytest.mark.parametrize("model", ["socialaccount/socialapp", "socialaccount/socialtoken", "knox/authtoken"])
def test_pages_that_would_show_secrets_are_gone(root, model):
    assert root.get(f"/admin/{model}/").status_code == 404


def test_authenticators_show_no_secret(root, alice):
    factor = TOTP.activate(alice, "JBSWY3DPEHPK3PXP").instance

    page = root.get(f"/admin/mfa/authenticator/{factor.pk}/change/").content.decode()

    assert "alice" in page.lower()
    assert factor.data["secret"] not in page


def test_people_are_found_by_folded_name_and_address(root, alice, bob):
    assert "alice" not in root.get(PEOPLE, {"q": "ozil"}).content.decode()
    assert "bob" in root.get(PEOPLE, {"q": "ozil"}).content.decode()
    assert "alice" in root.get(PEOPLE, {"q": "alice@example"}).content.decode()


def test_person_is_made_and_invited(root, mailoutbox, admin, committed):
    with committed():
        root.post(f"{PEOPLE}add/", {"username": "Gina", "email": "Gina@example.org", "display_name": "Gina G."})
        assert not mailoutbox  # nobody's writes wait for the mail server

    gina = User.objects.get(username="gina")
    assert (gina.email, gina.display_name, gina.has_usable_password()) == ("gina@example.org", "Gina G.", False)
    assert [mail.to for mail in mailoutbox] == [["gina@example.org"]]
    assert AuditEvent.objects.filter(action="person.created", actor=admin, target=f"user:{gina.uuid}").exists()


def test_person_is_changed_by_the_services(root, alice, admin):
    response = root.post(
        page_of(alice), fields_of(alice, email="new@example.org", display_name="A\u200blice", is_staff="on")
    )

    assert response.status_code == 302
    alice.refresh_from_db()
    assert (alice.email, alice.display_name, alice.is_staff, alice.is_superuser) == (
        "new@example.org",
        "Alice",
        True,
        False,
    )
    assert {"address.changed", "rights.changed", "admin.changed"} <= set(audited())


def test_persons_address_must_be_free(root, alice, bob):
    response = root.post(page_of(alice), fields_of(alice, email="bob@example.org"))

    assert response.status_code == 200
    assert response.context["adminform"].form.errors["email"]


def test_last_administrator_is_told_so(root, admin):
    response = root.post(page_of(admin), fields_of(admin, is_superuser=None), follow=True)

    assert "last administrator" in response.content.decode()
    admin.refresh_from_db()
    assert admin.is_superuser


def test_reading_an_account_is_kept(root, alice, admin):
    root.get(page_of(alice))

    line = AuditEvent.objects.first()
    assert (line.action, line.actor, line.target) == ("person.viewed", admin, f"user:{alice.uuid}")


def test_nobody_is_deleted(root, alice):
    assert root.post(f"{PEOPLE}{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in root.get(PEOPLE).content.decode()


def test_password_is_set_and_all_sessions_end(root, alice, client_for, committed):
    client, new = client_for(alice), "a wholly different phrase"

    with committed() as events:
        root.post(f"{PEOPLE}{alice.pk}/password/", {"new_password1": new, "new_password2": new})

    assert client.get("/me/").status_code == 302
    assert (user_topic(alice.pk), 4401) in closed(events)
    assert Client().post("/accounts/login/", {"login": "alice", "password": new}).status_code == 302


def test_own_password_is_changed_where_everybody_does_it(root):
    assert root.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"
    assert root.post("/admin/password_change/").headers["Location"] == "/accounts/password/change/"


def test_weak_password_is_refused(root, alice):
    response = root.post(f"{PEOPLE}{alice.pk}/password/", {"new_password1": "alice", "new_password2": "alice"})

    assert response.status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_account_is_switched_off_and_on(root, alice, committed):
    address = f"{PEOPLE}{alice.pk}/switch/"
    assert root.get(address).status_code == 200

    with committed() as events:
        root.post(address)
    alice.refresh_from_db()
    assert not alice.is_active
    assert (user_topic(alice.pk), 4401) in closed(events)

    root.post(address)
    alice.refresh_from_db()
    assert alice.is_active


def test_person_is_anonymised_after_typing_the_name(root, alice):
    address = f"{PEOPLE}{alice.pk}/anonymise/"

    refused = root.post(address, {"username": "alic"})
    alice.refresh_from_db()
    assert (refused.status_code, alice.anonymised_at) == (200, None)

    root.post(address, {"username": "alice"})
    alice.refresh_from_db()
    assert alice.anonymised_at is not None
    assert root.post(address, {"username": alice.username}).status_code == 403


def test_clerk_changes_people_and_never_staff(clerk, alice, admin):
    for place in ("change", "password", "switch", "anonymise"):
        assert clerk.get(f"{PEOPLE}{alice.pk}/{place}/").status_code == 200
        answer = clerk.post(f"{PEOPLE}{admin.pk}/{place}/", {"username": admin.username, "email": "x@example.org"})
        assert answer.status_code == 403, place


def test_clerk_gives_nobody_rights(clerk, alice):
    clerk.post(page_of(alice), fields_of(alice, is_staff="on", is_superuser="on"))

    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (False, False)


@pytest.mark.parametrize("place", ["password", "switch", "anonymise"])
def test_outsiders_reach_none_of_it(alice, charlie, client_for, place):
    address = f"{PEOPLE}{alice.pk}/{place}/"

    assert client_for(charlie).post(address, {"username": "alice"}, follow=True).status_code == 403
    assert Client().post(address, {"username": "alice"}).status_code == 302
    alice.refresh_from_db()
    assert alice.is_active


@pytest.mark.parametrize("place", ["change", "password", "switch", "anonymise"])
def test_missing_people_are_missing(root, place):
    assert root.get(f"{PEOPLE}99999/{place}/").status_code in (302, 404)


def test_invitations_are_sent_to_the_chosen(root, alice, bob, mailoutbox):
    root.post(PEOPLE, {"action": "invite", "_selected_action": [alice.pk, bob.pk]})

    assert sorted(mail.to[0] for mail in mailoutbox) == ["alice@example.org", "bob@example.org"]


@pytest.mark.parametrize("path", [PEOPLE, DEPARTMENTS, "/admin/accounts/token/", "/admin/usersessions/usersession/"])
def test_lists_take_the_same_queries_for_one_and_three(root, client_for, path):
    def count(people) -> int:
        for _number in range(people):
            person = AffiliationFactory().user
            tokens.create(user=person, name="bot", scopes=["me:read"])
            client_for(person).get("/me/")
        root.get(path)
        with CaptureQueriesContext(connection) as queries:
            root.get(path)
        return len(queries)

    assert count(1) == count(2)


def test_sessions_are_ended_by_the_administrator(root, alice, client_for, committed):
    client = client_for(alice)
    client.get("/me/")
    session = UserSession.objects.get(user=alice)

    with committed() as events:
        root.post("/admin/usersessions/usersession/", {"action": "end", "_selected_action": [session.pk]})

    assert client.get("/me/").status_code == 302
    assert closed(events) == [(session_topic(session.session_key), 4401)]
    assert "session.ended" in audited()


def test_tokens_are_revoked_by_the_administrator(root, alice):
    token, _secret = tokens.create(user=alice, name="bot", scopes=["me:read"])

    root.post("/admin/accounts/token/", {"action": "revoke", "_selected_action": [token.pk]})

    assert not Token.objects.exists()
    assert "token.revoked" in audited()


def test_object_tools_link_to_what_can_be_done(root, alice):
    page = root.get(page_of(alice)).content.decode()

    for name in ("password", "switch", "anonymise"):
        assert reverse(f"admin:accounts_user_{name}", args=[alice.pk]) in page
    assert IMPORT in root.get(PEOPLE).content.decode()
