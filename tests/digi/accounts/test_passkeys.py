import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from fido2.utils import websafe_decode, websafe_encode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digi.accounts.services import people
from digi.audit.models import AuditEvent
from tests.conftest import PASSWORD
from tests.digi.accounts.softkey import SoftKey

pytestmark = pytest.mark.django_db

ADD, LOGIN = "/accounts/2fa/webauthn/add/", "/accounts/2fa/webauthn/login/"


@pytest.fixture(autouse=True)
def _https_only(settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = False


@pytest.fixture
def browser(alice) -> Client:
    """Alice, who has just shown her password again."""
    client = Client()
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    client.post(client.get(ADD).headers["Location"], {"password": PASSWORD})
    return client


@pytest.fixture
def key(browser) -> SoftKey:
    """Alice's passkey, added by the page."""
    made = SoftKey()
    options = browser.get(ADD).context["js_data"]["creation_options"]
    response = browser.post(ADD, {"name": "Phone", "passwordless": "on", "credential": made.register(options)})
    assert response.status_code == 302, response.context["form"].errors
    return made


def sign_in(key: SoftKey, client: Client):
    options = client.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest"}).json()["request_options"]
    return client.post(LOGIN, {"credential": key.sign(options)})


def test_passkey_signs_in_without_name_or_password(key, alice):
    client = Client()

    response = sign_in(key, client)

    assert response.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert AuditEvent.objects.filter(action="sign_in").first().details == {"methods": ["mfa"]}


def test_answer_is_good_for_one_challenge_only(key):
    client, thief = Client(), Client()
    options = client.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest"}).json()["request_options"]
    answer = key.sign(options)
    thief.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest"})

    thief.post(LOGIN, {"credential": answer})

    assert thief.get("/me/").status_code == 302


def test_passkey_of_another_site_is_refused(key):
    client = Client()
    key.origin = "https://testserver.evil.example"

    sign_in(key, client)

    assert client.get("/me/").status_code == 302


def test_outsiders_key_opens_nobodys_account(key, charlie):
    client, other = Client(), SoftKey()
    other.user_handle, other.id = key.user_handle, key.id

    response = sign_in(other, client)

    assert response.status_code < 500
    assert client.get("/me/").status_code == 302


NONSENSE = ["", "{}", "[]", "null", "7", '{"id": 1}', '{"rawId": "", "response": {}}', '{"response": 1}', "x"]
NONSENSE += ["[" * 5000, '{"id":' * 2000, " " * 20_000, '{"id": "a", "rawId": 99999999999, "response": {}}']


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_refused_without_an_accident(answer):
    client = Client()
    client.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest"})

    assert client.post(LOGIN, {"credential": answer}).status_code < 500


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_altered_answers_are_refused_without_an_accident(key, data):
    """Any field of a genuine answer, replaced by anything."""
    client = Client()
    options = client.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest"}).json()["request_options"]
    answer = json.loads(key.sign(options))
    place = data.draw(st.sampled_from([answer, answer["response"]]))
    field = data.draw(st.sampled_from(sorted(place)))
    place[field] = data.draw(
        st.none() | st.integers() | st.text(max_size=40) | st.binary(max_size=200).map(websafe_encode) | st.just({})
    )

    response = client.post(LOGIN, {"credential": json.dumps(answer)})

    assert response.status_code < 500


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(changes=st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=4)), min_size=1, max_size=5))
def test_altered_registrations_are_refused_without_an_accident(browser, changes):
    made = SoftKey()
    answer = json.loads(made.register(browser.get(ADD).context["js_data"]["creation_options"]))
    attestation = bytearray(websafe_decode(answer["response"]["attestationObject"]))
    for place, what in changes:
        start = place % len(attestation)
        attestation[start : start + len(what)] = what
    answer["response"]["attestationObject"] = websafe_encode(bytes(attestation))

    response = browser.post(ADD, {"name": "Phone", "credential": json.dumps(answer)})

    assert response.status_code < 500
    Authenticator.objects.all().delete()


def test_passkey_is_a_second_factor_too(key):
    client = Client()

    response = client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})

    assert response.headers["Location"].startswith("/accounts/2fa/authenticate/")


def test_passkey_of_a_closed_account_is_refused(key, alice):
    people.deactivate(user=alice)
    client = Client()

    sign_in(key, client)

    assert client.get("/me/").status_code == 302


def test_anonymising_forgets_the_passkey(key, alice):
    people.anonymise(user=alice)

    assert not Authenticator.objects.exists()
