import base64
import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from digi.accounts.adapters import TwoFactorAdapter
from digi.audit.models import AuditEvent
from digi.crypto import Unreadable, ring
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited

pytestmark = pytest.mark.django_db


def code(secret: str) -> str:
    """The one of this half minute, which is not just ending."""
    if (left := 30 - time.time() % 30) < 6:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def secret(alice) -> str:
    """Alice's second factor, with its recovery codes."""
    made = generate_totp_secret()
    TOTP.activate(alice, made)
    RecoveryCodes.activate(alice)
    return made


def sign_in(client: Client, login="alice"):
    return client.post("/accounts/login/", {"login": login, "password": PASSWORD})


def test_password_alone_does_not_sign_in(secret):
    client = Client()

    response = sign_in(client)

    assert response.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/me/").status_code == 302


def test_right_code_signs_in_once(secret):
    client, thief = Client(), Client()
    sign_in(client)
    sign_in(thief)
    shown = code(secret)

    response = client.post("/accounts/2fa/authenticate/", {"code": shown})
    again = thief.post("/accounts/2fa/authenticate/", {"code": shown})

    assert response.headers["Location"] == "/"
    assert again.status_code == 200
    assert thief.get("/me/").status_code == 302
    assert AuditEvent.objects.get(action="sign_in").details == {"methods": ["mfa", "password"]}


def test_wrong_code_is_refused_and_kept(secret, alice):
    client = Client()
    sign_in(client)

    response = client.post("/accounts/2fa/authenticate/", {"code": "000000" if code(secret) != "000000" else "111111"})

    assert response.context["form"].errors["code"]
    line = AuditEvent.objects.get(action="two_factor.failed")
    assert (line.actor, line.target, line.details) == (None, f"user:{alice.uuid}", {"type": "totp"})


def test_recovery_code_signs_in_once(secret, alice):
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    first, second = Client(), Client()
    sign_in(first)
    sign_in(second)

    assert first.post("/accounts/2fa/authenticate/", {"code": spare}).status_code == 302
    assert second.post("/accounts/2fa/authenticate/", {"code": spare}).status_code == 200


def test_admin_wants_the_second_factor_too(secret, alice):
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client = Client()

    client.post("/accounts/login/?next=/admin/", {"login": "alice", "password": PASSWORD})

    assert client.get("/admin/").status_code == 302


def test_secrets_are_sealed_in_the_database(secret):
    for row in Authenticator.objects.all():
        assert secret not in json.dumps(row.data)
    with pytest.raises(Unreadable):
        ring().open(b"0" * 40, b"two-factor")
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code(secret))


def test_seal_is_bound_to_its_purpose():
    sealed = TwoFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")

    assert TwoFactorAdapter().decrypt(sealed) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(Unreadable):
        ring().open(base64.b64decode(sealed), b"draft")


def test_switching_on_by_the_pages_is_kept(alice):
    client = Client()
    sign_in(client)
    again = client.get("/accounts/2fa/totp/activate/").headers["Location"]
    client.post(again, {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    fresh = client.session[SECRET_SESSION_KEY]

    response = client.post("/accounts/2fa/totp/activate/", {"code": code(fresh)})

    assert page.status_code == 200
    assert response.status_code == 302
    assert Authenticator.objects.filter(user=alice).count() == 2
    assert SECRET_SESSION_KEY not in client.session


@pytest.mark.django_db(transaction=True)
def test_changes_of_factors_are_kept(alice):
    client = Client()
    sign_in(client)
    client.post(client.get("/accounts/2fa/totp/activate/").headers["Location"], {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    client.post("/accounts/2fa/totp/activate/", {"code": code(client.session[SECRET_SESSION_KEY])})
    client.post("/accounts/2fa/recovery-codes/generate/")
    client.post("/accounts/2fa/totp/deactivate/")

    assert audited() == [
        "sign_in",
        "two_factor.added",
        "two_factor.added",
        "two_factor.reset",
        "two_factor.removed",
        "two_factor.removed",
    ]


def test_qr_code_names_this_server_and_the_person(alice, settings):
    settings.DIGI_NAME = "Institute chat"

    url = TwoFactorAdapter().build_totp_url(alice, "JBSWY3DPEHPK3PXP")

    assert url == "otpauth://totp/alice%40example.org?secret=JBSWY3DPEHPK3PXP&issuer=Institute%20chat"


def test_outsider_with_a_half_done_sign_in_is_nobody(secret, charlie):
    client = Client()
    sign_in(client)

    assert client.get("/accounts/2fa/").status_code == 302
    assert client.get("/me/tokens/").status_code == 302
