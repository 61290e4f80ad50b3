from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from digi.accounts.authentication import ScopedToken, SignedInWithScope
from digi.accounts.models import Token
from digi.accounts.services import people, tokens

pytestmark = pytest.mark.django_db


class Rooms(APIView):
    authentication_classes = [ScopedToken]
    permission_classes = [SignedInWithScope]
    throttle_classes = []
    required_scopes = {"GET": "rooms:read", "POST": "rooms:write"}

    def get(self, request):
        return Response(request.user.username)

    post = delete = get


class Undeclared(Rooms):
    required_scopes = None


def ask(method="get", secret=None, view=Rooms, header=None, user=None) -> Response:
    extra = {} if secret is None and header is None else {"HTTP_AUTHORIZATION": header or f"Bearer {secret}"}
    request = getattr(APIRequestFactory(), method)("/", **extra)
    if user:
        force_authenticate(request, user)
    return view.as_view()(request)


@pytest.fixture
def reader(alice) -> str:
    return tokens.create(user=alice, name="Reader", scopes=["rooms:read"])[1]


def test_token_may_what_its_scope_names(reader):
    assert ask("get", reader).data == "alice"
    assert ask("head", reader).status_code == 200
    assert ask("options", reader).status_code == 200


def test_token_may_nothing_else(reader):
    assert ask("post", reader).status_code == 403
    assert ask("delete", reader).status_code == 403


def test_token_may_nothing_where_no_scope_is_declared(reader):
    assert ask("get", reader, Undeclared).status_code == 403


def test_session_may_everything(alice):
    assert ask("delete", user=alice).data == "alice"
    assert ask("get", view=Undeclared, user=alice).data == "alice"


def test_outsider_without_either_is_told_how_to_sign_in():
    response = ask()

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer a b", "Bearer digi_0000", "Bearer \xff\xfe", "bearer x", "Bearer " + "x" * 9000],
)
def test_bad_headers_are_refused(reader, header):
    assert ask(header=header).status_code == 401


def test_expired_token_is_refused(reader):
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    assert ask("get", reader).status_code == 401


def test_token_of_a_closed_account_is_refused(reader, alice):
    people.deactivate(user=alice)

    assert ask("get", reader).status_code == 401


def test_revoked_token_is_refused(reader, alice):
    tokens.revoke(token=Token.objects.get(), by=alice)

    assert ask("get", reader).status_code == 401


def test_last_use_is_written_once_a_minute(reader, django_assert_num_queries):
    ask("get", reader)
    first = Token.objects.get().last_used_at
    assert timezone.now() - first < timedelta(seconds=10)

    with django_assert_num_queries(1):
        ask("get", reader)
    assert Token.objects.get().last_used_at == first

    Token.objects.update(last_used_at=first - timedelta(seconds=61))
    ask("get", reader)
    assert Token.objects.get().last_used_at > first - timedelta(seconds=1)


def test_database_holds_no_token(reader):
    row = Token.objects.values().get()

    assert reader not in str(row)
    assert reader.startswith(row["token_key"])
    assert len(reader) - len(row["token_key"]) >= 40
