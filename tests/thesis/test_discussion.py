"""Talks: what is written, who is told, what widening tells, and change requests."""

import uuid

import pytest

from digi.errors import Conflict, Forbidden, Invalid, NotFound, Stale, TooLarge
from digi.notifications.models import Notification
from tests.thesis.making import leave, upload
from thesis.models import ChangeRequest, Comment, DocumentVersion, Thread
from thesis.services import access, discussion, requests

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str, str]]:
    rows = Notification.objects.order_by("user__username", "number")
    return list(rows.values_list("user__username", "kind", "reason"))


@pytest.fixture(autouse=True)
def _nobody_was_told_before(thesis):
    Notification.objects.all().delete()


def test_comment_tells_those_who_may_read_it(thesis, alice, bob, carol):
    discussion.open_thread(thesis=thesis, by=bob, body="Among us.", visibility="staff")
    assert told() == [("carol", "thesis.comment", "thesis.examiner")]

    discussion.open_thread(thesis=thesis, by=bob, body="For all.")
    assert ("alice", "thesis.comment", "thesis.student") in told()


def test_mention_reaches_only_people_who_may_read(thesis, bob, carol, erin, alice, dave):
    leave(thesis, alice)
    body = "@carol, @alice, @erin and @dave: see `@bob` and page 3."

    _, comment = discussion.open_thread(thesis=thesis, by=bob, body=body)

    assert list(comment.mentions.values_list("username", flat=True)) == ["carol"]
    assert told() == [("carol", "thesis.comment", "mention")]


def test_widening_tells_those_who_now_may_read(thesis, alice, bob, carol):
    thread, comment = discussion.open_thread(thesis=thesis, by=bob, body="@alice: the unit.", visibility="staff")
    assert list(comment.mentions.all()) == []
    carols = told()

    discussion.widen(thread=thread, to="all", by=bob)

    assert told() == [("alice", "thesis.comment", "mention"), *carols]
    assert list(comment.mentions.all()) == [alice]
    with pytest.raises(Conflict) as refused:
        discussion.widen(thread=Thread.objects.get(), to="staff", by=bob)
    assert refused.value.code == "not_wider"


def test_answers_stand_in_their_talk(thesis, alice, bob):
    thread, first = discussion.open_thread(thesis=thesis, by=bob, body="Which sample?")
    other, elsewhere = discussion.open_thread(thesis=thesis, by=bob, body="Elsewhere.")

    answer = discussion.comment(thread=thread, by=alice, body="The last one.", reply_to=first.uuid)

    assert answer.reply_to == first
    for wrong in (elsewhere.uuid, uuid.uuid4()):
        with pytest.raises(Invalid):
            discussion.comment(thread=thread, by=alice, body="?", reply_to=wrong)
    assert other.comments.count() == 1


def test_talk_names_a_place_in_its_version(thesis, alice):
    upload(thesis, "draft")
    DocumentVersion.objects.update(pages=3)
    draft = DocumentVersion.objects.get()

    thread, _ = discussion.open_thread(thesis=thesis, by=alice, body="?", on=draft, page=3, quote=" the last sample ")

    assert (thread.page, thread.quote) == (3, "the last sample")
    for wrong, code in (
        ({"on": draft, "page": 4}, "no_such_page"),
        ({"page": 1}, "no_version"),
        ({"quote": "a"}, "no_version"),
    ):
        with pytest.raises(Invalid) as refused:
            discussion.open_thread(thesis=thesis, by=alice, body="?", **wrong)
        assert refused.value.code == code
    assert Thread.objects.count() == 1


def test_talk_is_on_a_version_of_its_own_thesis(institute, thesis, alice):
    mine, other = upload(thesis, "draft"), upload(institute.thesis(title="Other"), "draft", b"other")

    thread, _ = discussion.open_thread(thesis=thesis, by=alice, body="Figure 12.", on=mine)

    assert thread.on == mine
    with pytest.raises(Invalid) as refused:
        discussion.open_thread(thesis=thesis, by=alice, body="Figure 12.", on=other)
    assert refused.value.code == "unknown_version"


@pytest.mark.parametrize(("body", "kind"), [("", Invalid), (" \n", Invalid), ("x" * 20_001, TooLarge)])
def test_body_is_neither_empty_nor_endless(thesis, bob, body, kind):
    with pytest.raises(kind):
        discussion.open_thread(thesis=thesis, by=bob, body=body)

    assert not Thread.objects.exists()


def test_resolved_talk_takes_no_comment_until_it_is_opened_again(thesis, alice, bob):
    thread, _ = discussion.open_thread(thesis=thesis, by=bob, body="Which sample?")
    thread = discussion.resolve(thread=thread, by=alice)

    with pytest.raises(Conflict) as refused:
        discussion.comment(thread=thread, by=alice, body="And another thing.")
    thread = discussion.reopen(thread=thread, by=bob)
    discussion.comment(thread=thread, by=alice, body="And another thing.")

    assert refused.value.code == "resolved"
    assert (thread.resolved_at, thread.resolved_by) == (None, None)


def test_edit_and_deletion_are_the_authors(thesis, alice, bob, carol):
    _, comment = discussion.open_thread(thesis=thesis, by=bob, body="Which sample?")

    comment = discussion.edit(comment=comment, by=bob, body="Which sample, @alice?", version=1)
    with pytest.raises(Stale):
        discussion.edit(comment=comment, by=bob, body="Hm.", version=1)
    comment = discussion.delete(comment=comment, by=bob)

    assert (comment.body, comment.version, comment.mentions.count()) == ("", 3, 0)
    for act in (discussion.edit, discussion.delete):
        with pytest.raises(Conflict):
            act(comment=comment, by=bob, **({"body": "Back."} if act is discussion.edit else {}))


def test_request_goes_from_open_to_verified_and_back(thesis, alice, bob, carol):
    _, comment = discussion.open_thread(thesis=thesis, by=bob, body="The unit is missing.")
    request = requests.ask(comment=comment, by=bob, blocking=True)
    with pytest.raises(Conflict):
        requests.ask(comment=Comment.objects.get(), by=carol)
    with pytest.raises(Conflict):
        requests.move(request=request, to="verified", by=bob)

    request = requests.move(request=request, to="done", by=alice)
    with pytest.raises(Forbidden):
        requests.move(request=request, to="verified", by=alice)
    request = requests.move(request=request, to="verified", by=carol)
    with pytest.raises(Stale):
        requests.move(request=request, to="open", by=carol, version=1)
    request = requests.move(request=request, to="open", by=carol)

    assert (request.done_at, request.verified_at, request.version) == (None, None, 4)
    with pytest.raises(Conflict) as refused:
        discussion.delete(comment=Comment.objects.get(), by=bob)
    assert refused.value.code == "in_use"


def test_request_on_a_hidden_comment_is_hidden(thesis, alice, bob, carol):
    _, comment = discussion.open_thread(thesis=thesis, by=bob, body="Among us.", visibility="staff")
    request = requests.ask(comment=comment, by=bob)

    with pytest.raises(NotFound):
        requests.find(request.uuid, alice)
    seen = requests.requests_for(thesis, access.standing(thesis, alice))
    assert (seen.count(), requests.find(request.uuid, carol)) == (0, request)
    assert "alice" not in {name for name, _, _ in told()}
    assert ChangeRequest.objects.count() == 1
