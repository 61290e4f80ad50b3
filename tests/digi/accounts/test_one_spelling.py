"""User names and addresses are compared without case, by whatever way they come and on every database alike."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.test import Client

from digi.accounts.adapters import AccountAdapter
from digi.accounts.models import User
from digi.accounts.services import people, roster
from digi.audit import services as audit
from digi.audit.forms import EventFilter
from digi.errors import Conflict
from digi.notifications.services import mentions
from tests.conftest import PASSWORD
from tests.factories import DepartmentFactory, PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.db]

NAMES = ["ünal", "ÜNAL", "U\u0308nal", " Ünal ", "Ｕ\u0308NAL"]
ADDRESSES = ["yagmur@bücher.example", "Yagmur@BÜCHER.example", "yagmur@BU\u0308CHER.Example"]


@pytest.fixture
def unal(person):
    return person("ünal", email="yagmur@bücher.example", display_name="Yağmur Ünal")


def sign_up(username: str, email: str, client: Client | None = None):
    values = {"username": username, "email": email, "password1": PASSWORD, "password2": PASSWORD}
    return (client or Client()).post("/accounts/signup/", values)


@pytest.mark.parametrize("lookup", ["", "__exact", "__iexact"])
@pytest.mark.parametrize("name", NAMES)
def test_name_is_found_in_every_spelling(unal, name, lookup):
    PersonFactory(username="unal")

    assert User.objects.get(**{f"username{lookup}": name}) == unal
    assert EmailAddress.objects.get(**{f"user__username{lookup}": name}).user == unal


@pytest.mark.parametrize("lookup", ["", "__exact", "__iexact"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_address_is_found_in_every_spelling(unal, address, lookup):
    PersonFactory(username="unal", email="yagmur@bucher.example")

    assert User.objects.get(**{f"email{lookup}": address}) == unal


@pytest.mark.parametrize("part", ["__icontains", "__istartswith"])
@pytest.mark.parametrize("name", ["ÜN", "u\u0308n", "ün"])
def test_parts_of_names_and_addresses_are_found_in_every_spelling(unal, name, part):
    PersonFactory(username="bob", email="bob@example.org")

    assert User.objects.get(**{f"username{part}": name}) == unal
    assert User.objects.get(**{f"email{part}": "YAG"}) == unal
    assert User.objects.filter(**{f"email{part}": ""}).count() == 2


@pytest.mark.parametrize("words", ["ünal", "UNAL", "YAĞ", "yagmur"])
def test_admins_search_folds_what_is_looked_for(unal, client_for, words):
    root = client_for(PersonFactory(is_staff=True, is_superuser=True))

    response = root.get("/admin/accounts/user/", {"q": words})

    assert list(response.context["cl"].queryset) == [unal]


@pytest.mark.parametrize("login", ["ünal", "ÜNAL", "Yagmur@BÜCHER.example"])
def test_sign_in_takes_every_case(unal, login):
    response = Client().post("/accounts/login/", {"login": login, "password": PASSWORD})

    assert response.headers["Location"] == "/"
    assert authenticate(username="Ünal", password=PASSWORD) == unal


@pytest.mark.parametrize("name", ["ÜNAL", "Ｕ\u0308nal"])
def test_second_sign_up_by_a_name_in_other_case_is_refused(unal, name):
    response = sign_up(name, "new@example.org")

    assert response.context["form"].errors["username"] == ["This user name is taken."]
    assert User.objects.count() == 1


def test_second_sign_up_by_an_address_in_other_case_makes_no_account(unal, mailoutbox):
    response = sign_up("newcomer", "Yagmur@BÜCHER.example")

    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert User.objects.count() == 1
    assert "newcomer" not in mailoutbox[0].body


@pytest.mark.parametrize("values", [{"username": "ÜNAL"}, {"email": "Yagmur@BÜCHER.example"}])
def test_services_refuse_what_is_taken_in_other_case(unal, values):
    with pytest.raises(Conflict):
        people.create(**{"username": "new", "email": "new@example.org", **values})

    assert User.objects.get() == unal


def test_name_that_somebody_took_meanwhile_is_a_conflict(monkeypatch):
    checked = AccountAdapter.clean_username

    def overtaken(self, username, shallow=False):
        name = checked(self, username, shallow)
        PersonFactory(username=name)
        return name

    monkeypatch.setattr(AccountAdapter, "clean_username", overtaken)

    response = sign_up("Carol", "carol@example.net")

    assert response.status_code == 409
    assert User.objects.get(username="carol").email != "carol@example.net"


def test_address_that_somebody_took_meanwhile_is_a_conflict(unal, monkeypatch):
    monkeypatch.setattr(people, "_free", lambda email, user=None: None)

    with pytest.raises(Conflict, match="just taken"):
        people.set_address(user=PersonFactory(), email="Yagmur@BÜCHER.example")


@pytest.mark.parametrize("typed", ["@ÜNAL", "@u\u0308nal", "@Ünal."])
def test_mention_finds_every_spelling(typed):
    assert mentions.names(f"Ask {typed}") == {"ünal"}


def test_api_finds_a_person_in_every_spelling(unal, alice, client_for):
    opened = client_for(alice).post("/api/v1/rooms/", {"with": "ÜNAL"}, content_type="application/json")

    assert opened.status_code == 201
    assert unal.memberships.count() == 1


def test_roster_knows_people_in_other_case(unal):
    department = DepartmentFactory()
    content = f"user_name,email,display_name,department,role\nÜNAL,Yagmur@BÜCHER.example,,{department.slug},student\n"

    newcomers = roster.admit(content=content.encode(), by=None)

    assert newcomers == []
    assert [affiliation.user for affiliation in department.affiliations.all()] == [unal]


def test_audit_is_asked_for_a_person_in_every_spelling(unal):
    audit.record(action="person.created", target=audit.target_of(unal))
    asked = EventFilter({"target": "ÜN"})

    assert asked.is_valid()
    assert asked.lines().count() == 1


def test_admins_form_refuses_an_address_that_is_anothers_in_other_case(unal, alice, client_for):
    EmailAddress.objects.create(user=unal, email="second@example.org", verified=True)
    root = client_for(PersonFactory(is_staff=True, is_superuser=True))

    values = {"username": alice.username, "email": "SECOND@Example.org", "display_name": "Alice"}
    response = root.post(f"/admin/accounts/user/{alice.pk}/change/", values)

    assert response.context["adminform"].form.errors["email"] == ["This address belongs to another account."]


def test_account_is_anonymised_by_its_name_in_any_case(unal, client_for):
    root = client_for(PersonFactory(is_staff=True, is_superuser=True))

    root.post(f"/admin/accounts/user/{unal.pk}/anonymise/", {"username": "ÜNAL"})

    unal.refresh_from_db()
    assert unal.anonymised_at is not None


def test_account_is_erased_by_its_name_in_any_case(unal):
    client = Client()
    client.post("/accounts/login/", {"login": "ünal", "password": PASSWORD})
    client.post("/accounts/reauthenticate/?next=/me/", {"password": PASSWORD})

    refused = client.post("/api/v1/me/erasure/", {"username": "unal"}, content_type="application/json")
    answer = client.post("/api/v1/me/erasure/", {"username": "ÜNAL"}, content_type="application/json")

    assert (refused.status_code, answer.status_code) == (400, 200)
    unal.refresh_from_db()
    assert unal.anonymised_at is not None
