"""The page of a reviewer without an account."""

import pytest

from tests.chat.reading import words
from tests.thesis.making import put, upload
from thesis.models import Comment, ThreadVisibility
from thesis.services import guests
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path / "files"


@pytest.fixture
def writing(institute):
    return put(institute.thesis(state=State.WRITING), abstract="How far behind?")


@pytest.fixture
def secret(writing, bob) -> str:
    return guests.invite(thesis=writing, by=bob, name="Ravi", days=7)[1]


def test_reviewer_reads_the_thesis_and_its_newest_papers(client, writing, secret):
    upload(writing, "draft", b"%PDF-1.7 one")
    version = upload(writing, "draft", b"%PDF-1.7 two")
    proposal = upload(writing, "proposal")

    page = client.get(f"/invited/{secret}/")
    paper = client.get(f"/invited/{secret}/{version.uuid}/")

    assert "How far behind?" in words(page)
    assert "Draft, version 2" in words(page)
    assert b"".join(paper.streaming_content) == b"%PDF-1.7 two"
    assert paper.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/invited/{secret}/{proposal.uuid}/").status_code == 404


def test_remark_reaches_supervisors_and_examiners(client, secret):
    answer = client.post(f"/invited/{secret}/", {"body": "Which sample?"})

    comment = Comment.objects.get()
    assert answer.url == f"/invited/{secret}/"
    assert (comment.body, comment.thread.visibility) == ("Which sample?", ThreadVisibility.STAFF)
    assert "Which sample?" in words(client.get(f"/invited/{secret}/"))


def test_empty_remark_comes_back(client, secret):
    assert client.post(f"/invited/{secret}/", {"body": " "}).status_code == 422
    assert not Comment.objects.exists()


def test_link_shows_nothing_of_other_people(client, client_for, writing, secret, alice):
    client_for(alice).post(f"/theses/{writing.uuid}/discussion/", {"body": "Between us."})
    other = guests.invite(thesis=writing, by=writing.members.get(role="supervisor").user, name="Sam", days=7)[1]
    client.post(f"/invited/{other}/", {"body": "From Sam."})

    text = words(client.get(f"/invited/{secret}/"))

    assert "Between us." not in text
    assert "From Sam." not in text


@pytest.mark.parametrize("state", [State.ARCHIVED, State.WITHDRAWN])
def test_link_of_a_closed_thesis_opens_nothing(client, writing, secret, state):
    put(writing, state=state)

    assert client.get(f"/invited/{secret}/").status_code == 404
    assert client.post(f"/invited/{secret}/", {"body": "Late."}).status_code == 404


def test_unknown_link_looks_like_nothing(client):
    assert client.get("/invited/AAAA/").status_code == 404


def test_link_is_not_written_into_the_log():
    from digi.server.access import redact

    assert redact("/invited/s3cr3t/9b6c/") == "/invited/…/9b6c/"
