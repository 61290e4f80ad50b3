import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from digi.accounts.models import User
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

SIGN_UP = "/accounts/signup/"


def sign_up(username="carol", email="carol@example.org", client=None, headers=None, **more):
    fields = {"username": username, "email": email, "password1": PASSWORD, "password2": PASSWORD, **more}
    return (client or Client()).post(SIGN_UP, fields, headers=headers)


def link(mail) -> str:
    return re.search(r"https?://testserver(/\S+)", mail.body)[1]


def test_sign_up_waits_for_the_proof_of_the_address(mailoutbox):
    response = sign_up(display_name="Carol \u202eSmith", time_zone="America/Lima")

    assert response.headers["Location"] == "/accounts/confirm-email/"
    carol = User.objects.get()
    assert (carol.username, carol.email, carol.display_name) == ("carol", "carol@example.org", "Carol Smith")
    assert (carol.language, carol.time_zone, carol.is_staff) == ("en", "America/Lima", False)
    assert [mail.to for mail in mailoutbox] == [["carol@example.org"]]
    assert audited() == ["person.signed_up"]


def test_address_is_proved_by_its_link(mailoutbox):
    client = Client()
    sign_up(client=client)

    client.post(link(mailoutbox[0]))

    assert EmailAddress.objects.get().verified
    response = client.post("/accounts/login/", {"login": "carol", "password": PASSWORD})
    assert response.headers["Location"] == "/"
    assert audited() == ["person.signed_up", "address.proved", "sign_in"]


def test_newcomer_reads_the_language_of_the_page(mailoutbox):
    sign_up(headers={"Accept-Language": "de-AT,de;q=0.9"})

    assert User.objects.get().language == "de"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd"])
def test_newcomer_without_a_known_zone_lives_in_the_servers(zone, settings):
    sign_up(time_zone=zone)

    assert User.objects.get().time_zone == settings.DIGI_TIME_ZONE


def test_names_are_stored_in_lower_case():
    sign_up("CaRol", "Carol@Example.ORG")

    assert (User.objects.get().username, User.objects.get().email) == ("carol", "carol@example.org")


@pytest.mark.parametrize(
    "name", ["a", "alice@example.org", "alice bob", "admin", "Root", "deleted-12ab34cd", "\u200b\u202e", "_._", "bob"]
)
def test_names_that_mislead_or_are_taken_are_refused(name):
    PersonFactory(username="bob")

    response = sign_up(name)

    assert response.context["form"].errors["username"]
    assert User.objects.count() == 1


def test_names_that_only_look_different_are_one():
    PersonFactory(username="bob")

    assert sign_up("b\u200bob").context["form"].errors["username"]
    assert sign_up("ｂｏｂ").context["form"].errors["username"]


def test_known_address_is_answered_like_a_new_one(mailoutbox):
    PersonFactory(username="bob")

    known, new = sign_up("other", "bob@example.org"), sign_up("carol")

    assert (known.status_code, known.headers["Location"]) == (new.status_code, new.headers["Location"])
    assert not User.objects.filter(username="other").exists()
    assert [mail.to for mail in mailoutbox] == [["bob@example.org"], ["carol@example.org"]]


def test_weak_password_is_refused():
    response = Client().post(
        SIGN_UP, {"username": "carol", "email": "c@example.org", "password1": "password", "password2": "password"}
    )

    assert response.context["form"].errors["password1"]
    assert not User.objects.exists()


def test_sign_up_can_be_switched_off(settings):
    settings.DIGI_SIGN_UP = False

    assert Client().get(SIGN_UP).context is not None
    sign_up()

    assert not User.objects.exists()


def test_dead_mail_server_costs_the_mail_and_not_the_page(settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there

    assert sign_up().status_code == 302
    assert "was not sent" in caplog.text


def test_whoever_proves_an_address_takes_it_from_one_who_never_did(mailoutbox):
    """Signing up with somebody else's address must not keep that person from using it."""
    PersonFactory(username="squatter", email="bob@uni.example", verified=False)
    bob = PersonFactory(username="bob")
    client = Client()
    client.post("/accounts/login/", {"login": "bob", "password": PASSWORD})

    again = client.post("/accounts/email/", {"action_add": "", "email": "bob@uni.example"}).headers["Location"]
    client.post(again, {"password": PASSWORD})
    client.post(link(mailoutbox[-1]))
    client.post("/accounts/email/", {"action_primary": "", "email": "bob@uni.example"})

    bob.refresh_from_db()
    assert bob.email == "bob@uni.example"
    assert User.objects.get(username="squatter").email is None
