import re

import pytest
from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client

from digi.accounts.models import User
from digi.accounts.services import people
from digi.accounts.sockets import identify
from digi.errors import Conflict
from digi.realtime.publish import session_topic, user_topic
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited, closed

pytestmark = pytest.mark.django_db

NEW = "a wholly different phrase"


def signed_in(login="alice") -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": login, "password": PASSWORD})
    return client


def change(client: Client, old=PASSWORD, new=NEW):
    return client.post("/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new})


def is_signed_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_change_ends_the_other_sessions_and_their_sockets(alice, committed):
    here, elsewhere = signed_in(), signed_in()
    former_key, other_key = here.session.session_key, elsewhere.session.session_key

    with committed() as events:
        response = change(here)

    assert response.headers["Location"] == "/me/"
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert closed(events) == [(session_topic(other_key), 4401), (session_topic(former_key), 1000)]
    assert "password.changed" in audited()
    assert [session.session_key for session in UserSession.objects.all()] == [here.session.session_key]


def test_first_password_lets_the_sessions_own_sockets_come_again(alice, client_for, committed):
    people.set_password(user=alice, password=None)
    here = client_for(alice)
    here.get("/me/")
    former_key = here.session.session_key

    with committed() as events:
        here.post("/accounts/password/set/", {"password1": NEW, "password2": NEW})

    assert is_signed_in(here)
    assert closed(events) == [(session_topic(former_key), 1000)]


def test_change_leaves_no_session_that_a_socket_could_use(alice):
    here, elsewhere = signed_in(), signed_in()
    before = [here.session.session_key, elsewhere.session.session_key]

    change(here)

    assert identify(before) == [None, None]
    assert identify([here.session.session_key])[0].user_id == alice.pk


def test_change_wants_the_present_password(alice):
    client = signed_in()

    assert change(client, old="wrong").context["form"].errors["oldpassword"]
    assert is_signed_in(client)


def test_change_is_told_by_mail(alice, mailoutbox):
    change(signed_in())

    assert [mail.to for mail in mailoutbox] == [["alice@example.org"]]


def test_mail_names_the_address_where_there_is_one(alice, mailoutbox):
    for remote in ("192.0.2.7", ""):
        client = Client(REMOTE_ADDR=remote, headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
        alice.refresh_from_db()
        client.force_login(alice)
        change(client, *((PASSWORD, NEW) if remote else (NEW, PASSWORD)))

    told, untold = (mail.body for mail in mailoutbox)
    assert "It came from 192.0.2.7 with Firefox on Linux on" in told
    assert "It came with Firefox on Linux on" in untold


def reset_link(mail) -> str:
    return re.search(r"https?://testserver(/\S+)", mail.body)[1]


def test_reset_ends_every_session_and_closes_every_socket(alice, committed, mailoutbox):
    elsewhere = signed_in()
    visitor = Client()
    visitor.post("/accounts/password/reset/", {"email": "Alice@example.org"})
    form = visitor.get(reset_link(mailoutbox[0])).headers["Location"]

    with committed() as events:
        visitor.post(form, {"password1": NEW, "password2": NEW})

    assert not is_signed_in(elsewhere)
    assert (user_topic(alice.pk), 4401) in closed(events)
    assert Client().post("/accounts/login/", {"login": "alice", "password": NEW}).status_code == 302
    assert "password.changed" in audited()


def test_reset_link_works_once(alice, mailoutbox):
    visitor = Client()
    visitor.post("/accounts/password/reset/", {"email": "alice@example.org"})
    link = reset_link(mailoutbox[0])
    visitor.post(visitor.get(link).headers["Location"], {"password1": NEW, "password2": NEW})

    again = Client().get(link)

    assert again.status_code == 200
    assert again.context["token_fail"]


def test_reset_answers_alike_for_known_and_unknown_addresses(alice):
    answers = [Client().post("/accounts/password/reset/", {"email": f"{name}@example.org"}) for name in ("alice", "no")]

    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1


def test_set_password_by_somebody_else_ends_everything(alice, admin, committed):
    client = signed_in()

    with committed() as events:
        people.set_password(user=alice, password=NEW, by=admin)

    assert not is_signed_in(client)
    assert (user_topic(alice.pk), 4401) in closed(events)
    assert not UserSession.objects.filter(user=alice).exists()
    assert not Session.objects.exists()


def with_old_hash(user: User) -> None:
    user.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    user.save()


def test_old_hashes_are_renewed_without_signing_anybody_out(alice, settings):
    """The password's hash is part of a session's proof; Argon2 is preferred over what tests use."""
    with_old_hash(alice)

    client = signed_in()

    assert is_signed_in(client)


def test_two_sign_ins_at_once_renew_an_old_hash_once(alice):
    """Each has read the old one before the other stores a new one; neither may end the other's session."""
    with_old_hash(alice)
    one, other = User.objects.get(pk=alice.pk), User.objects.get(pk=alice.pk)

    assert one.check_password(PASSWORD)
    assert other.check_password(PASSWORD)

    stored = User.objects.get(pk=alice.pk)
    assert one.get_session_auth_hash() == other.get_session_auth_hash() == stored.get_session_auth_hash()


def test_password_changed_during_a_sign_in_is_not_overwritten(alice):
    with_old_hash(alice)
    slow = User.objects.get(pk=alice.pk)
    people.set_password(user=alice, password=NEW)

    assert not slow.check_password(PASSWORD)

    assert User.objects.get(pk=alice.pk).check_password(NEW)


@pytest.mark.parametrize("form", [ChangePasswordForm, ResetPasswordKeyForm])
def test_newer_password_is_not_overwritten(alice, form):
    """The old password was right, and the link valid, when it was looked at; then came another one."""
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    slow = form(data=typed, user=User.objects.get(pk=alice.pk))
    assert slow.is_valid()
    people.set_password(user=alice, password="the newest phrase of all")

    with pytest.raises(Conflict) as raised:
        slow.save()

    assert raised.value.code == "password_changed"
    assert User.objects.get(pk=alice.pk).check_password("the newest phrase of all")
    assert audited() == ["password.changed"]


def test_administrators_password_takes_the_place_of_any(alice, admin):
    slow = User.objects.get(pk=alice.pk)
    people.set_password(user=alice, password="the newest phrase of all")

    people.set_password(user=slow, password=NEW, by=admin)

    assert User.objects.get(pk=alice.pk).check_password(NEW)


def test_who_was_forgotten_meanwhile_gets_no_password(alice, admin):
    slow = User.objects.get(pk=alice.pk)
    people.anonymise(user=alice)

    with pytest.raises(Conflict):
        people.set_password(user=slow, password=NEW, by=admin)

    assert not User.objects.get(pk=alice.pk).has_usable_password()


def test_default_hasher_is_argon2():
    from digi import settings as configured

    assert configured.PASSWORD_HASHERS[0] == "digi.accounts.hashers.Argon2"
