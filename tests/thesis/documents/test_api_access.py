"""Who may read and add documents over the API."""

from uuid import uuid4

import pytest
from django.test import Client

from digi.accounts.services import tokens
from digi.audit.models import AuditEvent
from tests.thesis.documents.asking import EACH, address, body_of, read
from tests.thesis.documents.conftest import sent
from tests.thesis.making import leave
from thesis.models import DocumentVersion

pytestmark = pytest.mark.django_db


@EACH
@pytest.mark.parametrize("who", ["alice", "bob", "carol", "grace", "root"])
def test_who_works_on_the_thesis_reads(request, api, handed_in, path, who):
    answer = api(request.getfixturevalue(who), "get", address(handed_in, path))

    assert answer.status_code == 200


@EACH
def test_outsider_former_member_and_other_roles_find_nothing(
    api, handed_in, path, erin, dave, heidi, frank, alice, bob
):
    leave(handed_in, alice)
    leave(handed_in, bob)
    where = address(handed_in, path)

    answers = [api(who, "get", where) for who in (erin, dave, heidi, frank, alice, bob)]

    assert [answer.status_code for answer in answers] == [404] * 6
    missing = api(erin, "get", where.replace(where.split("/")[1], str(uuid4())))
    assert {answer.json()["code"] for answer in (*answers, missing)} == {"not_found"}


@EACH
def test_signed_out_is_asked_to_sign_in(api, handed_in, path):
    answer = api(None, "get", address(handed_in, path))

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@EACH
def test_token_needs_the_scope(handed_in, alice, path):
    def ask(*scopes: str) -> int:
        _, secret = tokens.create(user=alice, name="one", scopes=list(scopes))
        where = f"/api/v1/{address(handed_in, path)}"
        return read(Client().get(where, headers={"Authorization": f"Bearer {secret}"})).status_code

    assert (ask("theses:read"), ask("theses:write", "files:write", "rooms:read")) == (200, 403)


def test_own_upload_is_fetched_only_where_the_thesis_lets_one(client_for, handed_in, alice):
    """The general address of files would hand a former member what they once sent."""
    version = DocumentVersion.objects.first()

    assert version.file.owner == alice
    assert client_for(alice).get(f"/files/{version.file.uuid}/").status_code == 404


def test_look_of_an_administrator_is_audited(api, handed_in, root):
    for path in ("versions/{version}/file/", "versions/{version}/text/", "theses/{thesis}/documents/"):
        api(root, "get", address(handed_in, path))

    assert AuditEvent.objects.filter(action="thesis.viewed", actor=root).count() == 3


@pytest.mark.parametrize(
    ("who", "status"), [("bob", 403), ("carol", 403), ("erin", 404), ("dave", 404), ("grace", 201), ("alice", 201)]
)
def test_adding_is_for_students(request, api, writing, who, status):
    user = request.getfixturevalue(who)

    answer = api(user, "post", f"theses/{writing.uuid}/documents/", body_of(sent(user)))

    assert answer.status_code == status
    assert DocumentVersion.objects.count() == (status == 201)


def test_former_student_and_stranger_add_nothing(api, writing, alice):
    upload = sent(alice)
    leave(writing, alice)

    former = api(alice, "post", f"theses/{writing.uuid}/documents/", body_of(upload))
    stranger = api(None, "post", f"theses/{writing.uuid}/documents/", body_of(upload))

    assert (former.status_code, stranger.status_code) == (404, 401)


def test_token_adds_with_the_scope_for_writing(writing, alice):
    def ask(*scopes: str) -> int:
        _, secret = tokens.create(user=alice, name="one", scopes=list(scopes))
        return (
            Client()
            .post(
                f"/api/v1/theses/{writing.uuid}/documents/",
                body_of(sent(alice)),
                content_type="application/json",
                headers={"Authorization": f"Bearer {secret}"},
            )
            .status_code
        )

    assert (ask("theses:read", "files:write"), ask("theses:write")) == (403, 201)
