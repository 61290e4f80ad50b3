"""The API's manners: problems, throttles, CORS, its schema and its pages."""

from collections import Counter

import hypothesis
import pytest
import schemathesis
from django.conf import settings as configured
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chat.services import journal, rooms
from digi.accounts.scopes import Scope
from digi.accounts.services import tokens
from digi.environment import Rate
from digi.files.services import uploads
from tests.camera.edges.test_api_lists import is_ours as of_cameras
from tests.chat.writing import add, edit, id_of
from tests.thesis.documents.test_schema import is_ours as of_documents
from tests.thesis.test_schema import is_ours as of_theses

pytestmark = pytest.mark.django_db

schemathesis.serializer.alias(["application/offset+octet-stream"], "application/octet-stream")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
KEYS = ["type", "title", "status", "detail", "code", "request_id"]


@pytest.fixture
def alice(person):
    return person("alice")


@pytest.fixture
def signed_in(alice, client_for):
    return client_for(alice)


@pytest.fixture
def token(alice) -> str:
    return tokens.create(user=alice, name="everything", scopes=Scope.values)[1]


# Problems


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("get", "rooms/00000000-0000-4000-8000-000000000000/", None, 404, "not_found"),
        ("get", "rooms/nonsense/", None, 404, "not_found"),
        ("get", "nothing/", None, 404, "not_found"),
        ("put", "rooms/", {}, 405, "method_not_allowed"),
        ("post", "rooms/", "{", 400, "parse_error"),
        ("post", "rooms/", "\udcff", 400, "parse_error"),
        ("post", "rooms/", {}, 400, "invalid"),
        ("post", "rooms/", {"with": "alice"}, 400, "yourself"),
        ("post", "rooms/", {"with": "nobody"}, 404, "unknown_person"),
    ],
)
def test_problem_is_told_in_one_shape(signed_in, method, path, body, status, code):
    if isinstance(body, str):
        body = body.encode(errors="surrogateescape")

    answer = getattr(signed_in, method)(f"/api/v1/{path}", body, content_type="application/json")

    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(KEYS) <= set(problem) <= {*KEYS, "errors"}
    assert (problem["type"], problem["code"]) == ("about:blank", code)
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["X-Request-ID"]


def test_problem_names_the_fields(signed_in):
    problem = signed_in.post("/api/v1/rooms/", {}, content_type="application/json").json()

    assert list(problem["errors"]) == ["with"]
    assert len(problem["errors"]["with"]) == 1


def test_other_media_types_are_a_problem(signed_in):
    answer = signed_in.post("/api/v1/rooms/", {"with": "bob"})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_problem_speaks_the_persons_language(alice, signed_in):
    alice.language = "de"
    alice.save()

    problem = signed_in.post("/api/v1/rooms/", {}, content_type="application/json").json()

    assert problem["errors"]["with"] == ["Dieses Feld ist zwingend erforderlich."]


def test_our_own_fault_is_a_problem_without_a_word_about_it(signed_in, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("the secret is a fish")

    monkeypatch.setattr("chat.services.overview.listed", broken)
    signed_in.raise_request_exception = False

    answer = signed_in.get("/api/v1/rooms/")

    assert answer.status_code == answer.json()["status"] == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json()) == set(KEYS)
    assert "fish" not in answer.content.decode()


# Throttles


def limited(settings, **rates: Rate) -> None:
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | rates


def test_person_who_asks_too_much_waits(settings, signed_in, person, client_for):
    limited(settings, api=Rate(3, 60))

    answers = [signed_in.get("/api/v1/rooms/") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json()["code"] == "throttled"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert client_for(person("bob")).get("/api/v1/rooms/").status_code == 200


def test_throttle_counts_over_sessions_and_tokens(settings, signed_in, client, token):
    limited(settings, api=Rate(2, 60))

    answers = [
        signed_in.get("/api/v1/me/"),
        client.get("/api/v1/me/", headers={"authorization": f"Bearer {token}"}),
        client.get("/api/v1/me/", headers={"authorization": f"Bearer {token}"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_strangers_are_throttled_by_address(settings, client):
    limited(settings, anonymous=Rate(2, 60))

    here = [client.get("/api/schema/").status_code for _ in range(3)]
    there = client.get("/api/schema/", REMOTE_ADDR="192.0.2.7").status_code

    assert (here, there) == ([200, 200, 429], 200)


def test_bench_is_not_throttled(settings, signed_in):
    limited(settings, api=Rate(1, 60))
    settings.DIGI_BENCH = True

    assert [signed_in.get("/api/v1/rooms/").status_code for _ in range(3)] == [200] * 3


# CORS

ELSEWHERE = "https://elsewhere.example"


def test_other_origins_are_not_let_in_unless_set(signed_in):
    answer = signed_in.get("/api/v1/rooms/", headers={"origin": ELSEWHERE})

    assert "Access-Control-Allow-Origin" not in answer.headers


def test_set_origins_may_ask_with_tokens_and_never_with_cookies(settings, client, token):
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]
    asked = {"origin": ELSEWHERE, "access-control-request-method": "POST"}

    preflight = client.options("/api/v1/rooms/", headers=asked | {"access-control-request-headers": "authorization"})
    answer = client.get("/api/v1/rooms/", headers={"origin": ELSEWHERE, "authorization": f"Bearer {token}"})
    other = client.get("/api/v1/rooms/", headers={"origin": "https://evil.example"})
    page = client.get("/accounts/login/", headers={"origin": ELSEWHERE})

    assert preflight.headers["Access-Control-Allow-Origin"] == ELSEWHERE
    assert "authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, ELSEWHERE)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for outside in (other, page):
        assert "Access-Control-Allow-Origin" not in outside.headers


# Schema and pages


def test_schema_names_every_operation_once_and_its_problems(client):
    schema = client.get("/api/schema/?format=json").json()

    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) >= 16
    assert len(set(names)) == len(names)
    for operation in operations:
        assert list(operation["responses"]["4XX"]["content"]) == ["application/problem+json"]
        assert operation["description"]
    assert set(schema["components"]["securitySchemes"]) == {"cookieAuth", "token"}
    assert schema["components"]["securitySchemes"]["cookieAuth"]["name"] == configured.SESSION_COOKIE_NAME


def test_docs_page_stands_without_foreign_hosts(client):
    page = client.get("/api/docs/")

    assert page.status_code == 200
    assert "https://" not in page.content.decode().replace("https://github.com", "")
    assert client.get("/api/docs/?script=").headers["Content-Type"].startswith("application/javascript")


# Whatever is asked

# Asked beside rows of their own, by several people each.
BESIDE = (of_documents, of_theses, of_cameras)


@pytest.fixture
def talk(alice, person):
    """A room with ids that the generated requests may use; Alice is in it."""
    bob = person("bob")
    room = rooms.open_pair(by=alice, other=bob)[0]
    journal.write([add(room, alice, f"text {number}") for number in range(60)])
    journal.write([add(room, bob, "from bob"), edit(room, alice, id_of(room, 1), "edited")])
    return room


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_api_answers_whatever_is_asked_as_its_schema_says(settings, tmp_path, alice, talk, token):
    """Half of the requests name a room, a message or an upload that exists."""
    settings.DIGI_FILES = tmp_path
    on_its_way = uploads.begin(owner=alice, name="thesis.pdf", size=1000)
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(1_000_000, 1))
    schema = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [one for one in operations if not any(theirs(one.path) for theirs in BESIDE)]
    operations.sort(key=lambda operation: operation.path.endswith("/leave/"))  # who has left finds nothing any more
    asked: Counter = Counter()

    for operation in operations:

        @hypothesis.settings(
            max_examples=20,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), real=st.booleans(), number=st.integers(1, 61))
        def ask(case, real: bool, number: int) -> None:
            if real and case.path_parameters:
                ids = {"room_id": str(talk.uuid), "message_id": id_of(talk, number), "upload_id": str(on_its_way.uuid)}
                case.path_parameters.update({name: ids[name] for name in case.path_parameters if name in ids})
            answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
            asked[answer.status_code] += 1

        ask()

    assert len(operations) >= 16
    assert {200, 201, 204, 400, 404} <= set(asked)
    assert max(asked) < 500
