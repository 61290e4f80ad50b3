import json
import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from digi.accounts.models import User
from digi.accounts.services import people, profiles
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited
from tests.digi.accounts.provider import CLIENT, CODE, SECRET, Provider
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

START, BACK = "/accounts/oidc/oidc/login/", "/accounts/oidc/oidc/login/callback/"
GINA = {
    "sub": "u-7",
    "preferred_username": "Gina.Gold",
    "name": "Gina Gold",
    "email": "Gina@uni.example",
    "email_verified": True,
    "locale": "de-DE",
    "zoneinfo": "Europe/Vienna",
}


@pytest.fixture
def provider(settings):
    with Provider() as running:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "oidc",
                        "name": "Uni",
                        "client_id": CLIENT,
                        "secret": SECRET,
                        "settings": {"server_url": running.issuer},
                    }
                ],
            }
        }
        running.claims = dict(GINA)
        yield running


def sign_in(provider, client=None, start=START, **changes):
    """Press the button, be the provider's page, come back."""
    client = client or Client()
    there = urlsplit(client.post(start).headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert there.path == "/authorize"
    assert asked["client_id"] == CLIENT
    provider.challenge = asked["code_challenge"]
    return client.get(BACK, {"code": CODE, "state": asked["state"], **changes})


def test_no_issuer_means_no_button():
    assert "/accounts/oidc/" not in Client().get("/accounts/login/").content.decode()
    assert Client().post(START).status_code == 404


def test_issuer_means_a_button(provider):
    page = Client().get("/accounts/login/").content.decode()

    assert START in page
    assert "Uni" in page


def test_newcomer_gets_an_account_from_the_claims(provider):
    client = Client()

    response = sign_in(provider, client)

    assert response.headers["Location"] == "/"
    gina = User.objects.get()
    assert (gina.username, gina.email, gina.display_name) == ("gina.gold", "gina@uni.example", "Gina Gold")
    assert (gina.language, gina.time_zone, gina.has_usable_password()) == ("de", "Europe/Vienna", False)
    assert client.get("/me/").status_code == 200
    assert audited() == ["person.signed_up", "sign_in"]


def test_second_time_is_the_same_person(provider):
    sign_in(provider)
    provider.claims["name"] = "Gina Silver"

    sign_in(provider)

    assert User.objects.get().display_name == "Gina Gold"
    assert SocialAccount.objects.count() == 1


def test_proved_address_leads_to_the_account_that_has_it(provider):
    imported = people.create(username="ggold", email="gina@uni.example", verified=True)

    sign_in(provider)

    assert SocialAccount.objects.get().user == imported
    assert User.objects.count() == 1


def test_unproved_address_leads_to_nobodys_account(provider):
    PersonFactory(username="ggold", email="gina@uni.example")
    provider.claims["email_verified"] = False
    client = Client()

    sign_in(provider, client)

    assert client.get("/me/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_squatter_of_the_address_is_locked_out(provider):
    """Somebody signed up with Gina's address, never proved it, and knows the password."""
    squatter = PersonFactory(username="squatter", email="gina@uni.example", verified=False)

    sign_in(provider)

    squatter.refresh_from_db()
    assert not squatter.check_password(PASSWORD)


def test_taken_user_name_gives_way(provider):
    PersonFactory(username="gina.gold")

    sign_in(provider)

    assert User.objects.exclude(username="gina.gold").get().email == "gina@uni.example"


@pytest.mark.parametrize("name", ["gina@uni.example", "G\u202eina", "admin", "", "deleted-12345678"])
def test_strange_user_names_become_plain_ones(provider, name):
    from digi.accounts.names import validate_user_name

    provider.claims["preferred_username"] = name

    sign_in(provider)

    made = User.objects.get()
    validate_user_name(made.username)
    assert made.username not in ("admin", "deleted-12345678")


def test_closed_accounts_stay_out(provider):
    imported = people.create(username="ggold", email="gina@uni.example", verified=True)
    sign_in(provider)
    people.deactivate(user=imported)
    client = Client()

    sign_in(provider, client)

    assert client.get("/me/").status_code == 302


def test_connecting_gives_nothing_back_that_changed_meanwhile(provider, client_for, monkeypatch):
    """The provider is asked after the person's row was read; somebody changes it before the answer comes."""
    gina = PersonFactory(username="ggold")
    client = client_for(gina)
    client.post("/accounts/reauthenticate/?next=/me/", {"password": PASSWORD})
    ask, names = requests.Session.request, ["Gina 0"]

    def ask_slowly(*args, **options):
        names.append(f"Gina {len(names)}")
        profiles.change(user=User.objects.get(pk=gina.pk), display_name=names[-1])
        return ask(*args, **options)

    monkeypatch.setattr(requests.Session, "request", ask_slowly)
    sign_in(provider, client, start=f"{START}?process=connect")

    assert SocialAccount.objects.get().user == gina
    gina.refresh_from_db()
    assert gina.display_name == names[-1] != names[0]


def test_forged_state_and_foreign_code_sign_nobody_in(provider):
    one, two = Client(), Client()

    sign_in(provider, one, state="forged")
    sign_in(provider, two, code="stolen")

    assert one.get("/me/").status_code == two.get("/me/").status_code == 302
    assert not User.objects.exists()


def test_provider_decides_who_belongs_even_with_sign_up_closed(provider, settings):
    settings.DIGI_SIGN_UP = False

    sign_in(provider)

    assert User.objects.count() == 1


def test_provider_makes_no_accounts_where_that_is_off(provider, settings):
    settings.DIGI_OIDC_SIGN_UP = False

    sign_in(provider)

    assert not User.objects.exists()


def configured(**variables) -> subprocess.CompletedProcess:
    """What digi.settings makes of these variables, in a process of its own."""
    program = (
        "import json; from digi import settings as s; policy = s.CONTENT_SECURITY_POLICY['DIRECTIVES']; "
        "said = [s.SOCIALACCOUNT_PROVIDERS, s.ACCOUNT_RATE_LIMITS, s.MFA_RATE_LIMITS, policy['form-action']]; "
        "print(json.dumps(said))"
    )
    environment = {**os.environ, **variables}
    return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)


def test_settings_take_the_provider_from_the_environment(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")

    ran = configured(
        DIGI_OIDC_ISSUER="https://sso.uni.example/realms/main/",
        DIGI_OIDC_CLIENT_ID="digi",
        DIGI_OIDC_CLIENT_SECRET_FILE=str(secret),
        DIGI_OIDC_NAME="Uni account",
    )

    providers, _limits, _mfa, form_action = json.loads(ran.stdout)
    [app] = providers["openid_connect"]["APPS"]
    assert (app["client_id"], app["secret"], app["name"]) == ("digi", "s3cret", "Uni account")
    assert app["settings"] == {"server_url": "https://sso.uni.example/realms/main"}
    assert form_action == ["'self'", "https://sso.uni.example"]


def test_settings_name_what_the_provider_still_needs():
    ran = configured(DIGI_OIDC_ISSUER="https://sso.uni.example")

    assert ran.returncode != 0
    assert "DIGI_OIDC_ISSUER needs DIGI_OIDC_CLIENT_ID and DIGI_OIDC_CLIENT_SECRET." in ran.stderr


@pytest.mark.parametrize(("bench", "lifted"), [("1", True), ("0", False)])
def test_only_bench_lifts_the_limits(bench, lifted):
    _providers, limits, mfa, _form_action = json.loads(configured(DIGI_BENCH=bench).stdout)

    assert (limits is False, mfa is False) == (lifted, lifted)
