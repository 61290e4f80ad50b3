from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.core.management.base import CommandError

from digi.accounts.models import User

PASSWORD = "a long enough sentence"


def _create(**options):
    said = StringIO()
    call_command("createsuperuser", stdout=said, interactive=False, **options)
    return said.getvalue()


@pytest.fixture(autouse=True)
def _password(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)


@pytest.mark.django_db
def test_administrator_signs_in_at_once_and_opens_the_admin(client):
    said = _create(username="Ada", email="Ada@example.org")

    signed_in = client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    admin = client.get("/admin/")

    assert said == "Ada can sign in, with the user name or Ada@example.org, and open /admin/.\n"
    assert (signed_in.status_code, signed_in.url) == (302, "/")
    assert admin.status_code == 200
    assert EmailAddress.objects.get().verified
    assert User.objects.get().is_superuser


@pytest.mark.django_db
def test_taken_name_is_one_sentence(person):
    person("ada")

    with pytest.raises(CommandError, match="taken"):
        _create(username="Ada", email="other@example.org")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "password", "complaint"),
    [
        ({"email": "a@example.org"}, PASSWORD, "--noinput needs --username"),
        ({"username": "ada"}, PASSWORD, "--noinput needs --email"),
        ({"username": "ada", "email": "a@example.org"}, "short", "too short"),
        ({"username": "a b/c", "email": "a@example.org"}, PASSWORD, "username"),
        ({"username": "ada", "email": "nowhere"}, PASSWORD, "email"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_made(monkeypatch, options, password, complaint):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)

    with pytest.raises(CommandError, match=complaint):
        _create(**options)

    assert not User.objects.exists()
