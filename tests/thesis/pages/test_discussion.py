"""The pages of discussion as a browser without scripts sees them."""

import pytest

from tests.chat.reading import words
from tests.thesis.making import leave, upload
from tests.thesis.pages.asking import page
from thesis.models import Comment, MemberRole, ThesisMember, Thread
from thesis.services import discussion, requests

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path / "files"


# Who reads what.


def test_talks_are_shown_to_those_who_may_read_them(client_for, writing, talk, hidden, alice, bob, carol, erin, dave):
    ThesisMember.objects.create(thesis=writing, user=dave, role="examiner")
    leave(writing, dave)

    shown = {user.username: client_for(user).get(page(writing)).content.decode() for user in (alice, bob, carol)}
    refused = [client_for(user).get(page(writing)).status_code for user in (erin, dave)]

    assert all("Which <strong>sample</strong> is it?" in body for body in shown.values())
    assert ["Is it too thin?" in body for body in shown.values()] == [False, True, True]
    assert "Only supervisors and examiners read this" in shown["bob"]
    assert str(hidden.uuid) not in shown["alice"]
    assert refused == [404, 404]


def test_counts_say_nothing_of_hidden_talks(client_for, writing, talk, hidden, alice, bob):
    requests.ask(comment=hidden, by=bob)

    assert "Open talks 1 Resolved talks 0 All talks 1" in words(client_for(alice).get(page(writing)))
    assert "Open talks 2 Resolved talks 0 All talks 2" in words(client_for(bob).get(page(writing)))
    assert "No change requests" in words(client_for(alice).get(page(writing, "requests")))


def test_every_address_of_a_hidden_talk_is_missing_for_the_student(client_for, writing, hidden, alice, erin):
    addresses = [
        page(writing, "thread", hidden.thread),
        page(writing, "thread_settle", hidden.thread),
        page(writing, "thread_widen", hidden.thread, "all"),
        page(writing, "comment", hidden),
        page(writing, "comment_delete", hidden),
        page(writing, "comment_task", hidden),
    ]

    for client in (client_for(alice), client_for(erin)):
        assert {client.post(address, {"body": "?"}).status_code for address in addresses} == {404}
    assert Comment.objects.count() == 1


def test_talk_of_another_thesis_is_missing(client_for, institute, writing, talk, bob):
    other = institute.thesis(title="Another")

    assert client_for(bob).post(page(other, "thread", talk.thread), {"body": "?"}).status_code == 404
    assert client_for(bob).get(page(other, "comment", talk)).status_code == 404


def test_mentions_are_suggested_among_those_who_may_read(client_for, writing, alice, bob):
    def found(user):
        asked = client_for(user).get(page(writing)).context["mentionable"]
        return {person["user"]: person["reads"] for person in asked}

    assert found(alice) == {"alice": ["all"], "bob": ["all"], "carol": ["all"]}
    assert found(bob) == {"alice": ["all"], "bob": ["all", "staff"], "carol": ["all", "staff"]}


# Writing.


def test_talk_is_begun_about_a_version_and_seen_by_staff(client_for, writing, bob):
    version = upload(writing, "draft")
    sent = {"body": "Figure 12", "visibility": "staff", "on": str(version.uuid), "page": 3, "quote": "the last sample"}

    answer = client_for(bob).post(page(writing), sent)

    comment = Comment.objects.get()
    assert answer.url == f"{page(writing)}#c{comment.uuid}"
    assert (comment.body, comment.thread.visibility, comment.thread.on) == ("Figure 12", "staff", version)
    assert "Draft, version 1 · Page 3 “the last sample”" in words(client_for(bob).get(page(writing)))


def test_page_without_a_version_is_refused_and_all_is_kept(client_for, writing, bob):
    answer = client_for(bob).post(page(writing), {"body": "Kept", "visibility": "all", "page": 3, "quote": "the last"})

    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Name the version that the page or the quotation is of." in body
    assert "Kept</textarea>" in body
    assert 'value="the last"' in body


@pytest.mark.parametrize("visibility", ["staff", "examiners", "nobody"])
def test_student_begins_no_talk_that_they_could_not_read(client_for, writing, alice, visibility):
    answer = client_for(alice).post(page(writing), {"body": "Kept", "visibility": visibility})

    assert answer.status_code == 422
    assert "Kept</textarea>" in answer.content.decode()
    assert not Thread.objects.exists()


def test_answer_stands_in_its_talk(client_for, writing, talk, alice):
    client = client_for(alice)

    answer = client.post(page(writing, "thread", talk.thread, query="?show=all"), {"body": "The last one, @bob."})

    reply = talk.thread.comments.last()
    assert answer.url == page(writing, query="?show=all") + f"#c{reply.uuid}"
    assert '<span class="mention">@bob</span>' in client.get(page(writing)).content.decode()


def test_answer_to_a_resolved_talk_is_refused_and_empty_ones_are(client_for, writing, talk, alice, bob):
    client = client_for(alice)
    empty = client.post(page(writing, "thread", talk.thread), {"body": "  "})
    discussion.resolve(thread=talk.thread, by=bob)

    late = client.post(page(writing, "thread", talk.thread, query="?show=all"), {"body": "Kept?"})

    assert [empty.status_code, late.status_code] == [422, 422]
    assert "The comment is empty." in words(empty)
    assert talk.thread.comments.count() == 1


def test_observers_read_only(client_for, writing, talk, heidi):
    ThesisMember.objects.create(thesis=writing, user=heidi, role=MemberRole.OBSERVER)
    client = client_for(heidi)

    assert 'id="open"' not in client.get(page(writing)).content.decode()
    assert client.post(page(writing), {"body": "?", "visibility": "all"}).status_code == 403
    assert client.post(page(writing, "thread", talk.thread), {"body": "?"}).status_code == 403


def test_own_words_are_changed_and_others_are_not(client_for, writing, talk, alice, bob):
    sent = {"body": "Which one?", "version": 1}

    assert client_for(alice).post(page(writing, "comment", talk), sent).status_code == 403
    assert client_for(bob).post(page(writing, "comment", talk), sent).status_code == 302
    assert "edited" in words(client_for(bob).get(page(writing)))


def test_comment_changed_elsewhere_shows_both_texts_and_saving_again_means_this_one(client_for, writing, talk, bob):
    discussion.edit(comment=talk, by=bob, body="Changed elsewhere.")
    client = client_for(bob)

    answer = client.post(page(writing, "comment", talk), {"body": "Mine.", "version": 1})

    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody has changed this meanwhile" in body
    assert "Changed elsewhere." in body
    assert "Mine.</textarea>" in body
    assert client.post(page(writing, "comment", talk), {"body": "Mine.", "version": 2}).status_code == 302


def test_deleting_asks_first_and_leaves_the_place(client_for, writing, talk, alice, bob):
    client = client_for(bob)

    question = client.get(page(writing, "comment_delete", talk))
    answer = client.post(page(writing, "comment_delete", talk))

    assert "Delete this comment?" in words(question)
    assert client_for(alice).get(page(writing, "comment_delete", talk)).status_code == 403
    assert answer.status_code == 302
    assert "This comment was deleted." in words(client.get(page(writing)))


def test_markup_of_people_stays_text(client_for, writing, bob):
    discussion.open_thread(thesis=writing, by=bob, body="<script>alert(1)</script> [x](javascript:alert(1)) @bob<b>")

    body = client_for(bob).get(page(writing)).content.decode()

    assert "<script>alert" not in body
    assert 'href="javascript' not in body
    assert '<span class="mention">@bob</span>&lt;b&gt;' in body


# Settled, widened, new.


def test_talk_is_resolved_and_opened_again(client_for, writing, talk, alice):
    client = client_for(alice)

    client.post(page(writing, "thread_settle", talk.thread))
    assert "Which" not in words(client.get(page(writing))).split("Open talks 0")[1]
    assert "Resolved by Alice" in words(client.get(page(writing, query="?show=resolved")))

    client.post(page(writing, "thread_settle", talk.thread), {"open": "1"})
    assert "Open talks 1" in words(client.get(page(writing)))


def test_address_of_a_comment_leads_to_where_it_stands(client_for, writing, talk, alice, bob):
    client = client_for(alice)
    assert client.get(page(writing, "comment", talk)).url == f"{page(writing)}#c{talk.uuid}"

    discussion.resolve(thread=talk.thread, by=bob)
    assert client.get(page(writing, "comment", talk)).url == f"{page(writing)}?show=resolved#c{talk.uuid}"


def test_address_counts_only_the_talks_that_one_reads(client_for, writing, talk, alice, bob):
    for number in range(30):
        discussion.open_thread(thesis=writing, by=bob, body=f"{number}", visibility="staff")

    assert client_for(alice).get(page(writing, "comment", talk)).url == f"{page(writing)}#c{talk.uuid}"
    assert client_for(bob).get(page(writing, "comment", talk)).url == f"{page(writing)}?page=2#c{talk.uuid}"


def test_widening_asks_first_and_says_whom_it_tells(client_for, writing, hidden, alice, bob):
    client = client_for(bob)

    question = words(client.get(page(writing, "thread_widen", hidden.thread, "all")))
    client.post(page(writing, "thread_widen", hidden.thread, "all"))

    asked = question[question.index("Let more people read this talk?") : question.index("There is no way back")]
    assert "Everyone on the thesis" in asked
    assert "Alice" in asked
    assert "Carol" not in asked
    assert "Is it too thin?" in words(client_for(alice).get(page(writing)))
    assert client.get(page(writing, "thread_widen", hidden.thread, "staff")).status_code == 409


def test_what_one_has_not_read_is_new_until_one_says_so(client_for, writing, talk, alice, bob):
    client = client_for(alice)
    assert "new" in words(client.get(page(writing)))
    assert "Some of it is new to you." not in words(client_for(bob).get(page(writing)))

    client.post(page(writing, "discussion_read"))

    assert "Some of it is new to you." not in words(client.get(page(writing)))
