"""The page that shows what changed between two versions."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from digi.environment import Rate
from tests.chat.reading import words
from tests.papers import pdf
from tests.thesis.documents.conftest import BETTER, PAPER
from tests.thesis.making import leave, upload
from thesis.models import DocumentVersion, ThesisMember
from thesis.services import readings
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path / "files"
    cache.clear()


@pytest.fixture
def writing(institute):
    return institute.thesis(state=State.WRITING)


@pytest.fixture
def drafts(writing):
    """Two versions whose text is read."""
    made = [upload(writing, "draft", PAPER), upload(writing, "draft", BETTER)]
    for one in made:
        readings.read.work(version_id=one.pk)
    return made


def page(thesis, before=None, after=None, **more) -> str:
    asked = {"before": before and before.uuid, "after": after and after.uuid} | more
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    return f"{reverse('thesis:compare', args=[thesis.uuid])}?{query}"


def test_changes_are_marked_by_more_than_colour(client_for, writing, drafts, bob):
    body = client_for(bob).get(page(writing, *drafts)).content.decode()

    assert "1 change" in body
    assert '<del><span class="hidden">removed: </span>short.</del>' in body
    assert '<ins><span class="hidden">added: </span>now longer.</ins>' in body


def test_newest_two_are_compared_unless_others_are_named(client_for, writing, drafts, bob):
    client = client_for(bob)

    assert "now longer." in words(client.get(page(writing)))
    assert "The text is the same." in words(client.get(page(writing, drafts[0], drafts[0])))


def test_sides_show_each_text_by_itself(client_for, writing, drafts, bob):
    shown = words(client_for(bob).get(page(writing, *drafts, by="side")))

    assert "Before: It is short." in shown
    assert "After: It is now longer." in shown


def test_page_is_for_those_who_work_on_the_thesis(client_for, institute, writing, drafts, alice, carol, erin, dave):
    ThesisMember.objects.create(thesis=writing, user=dave, role="examiner")
    leave(writing, dave)

    assert [client_for(user).get(page(writing, *drafts)).status_code for user in (alice, carol)] == [200, 200]
    assert [client_for(user).get(page(writing, *drafts)).status_code for user in (erin, dave)] == [404, 404]


def test_version_of_another_thesis_is_no_choice(client_for, institute, writing, drafts, bob):
    other = upload(institute.thesis(title="Another"), "draft", pdf("Secret words."))
    readings.read.work(version_id=other.pk)

    body = client_for(bob).get(page(writing, drafts[0], other)).content.decode()

    assert "Secret" not in body
    assert f'value="{other.uuid}"' not in body


def test_what_cannot_be_compared_is_said(client_for, writing, drafts, bob):
    client = client_for(bob)
    unread = upload(writing, "draft", pdf("Third."))
    assert "is being read. Try again in a moment." in words(client.get(page(writing, drafts[0], unread)))

    unread.reading.delete()
    DocumentVersion.objects.filter(pk=unread.pk).delete()
    empty = upload(writing, "draft", pdf(""))
    readings.read.work(version_id=empty.pk)
    assert "holds no text to compare" in words(client.get(page(writing, drafts[0], empty)))


def test_thesis_without_versions_says_what_will_stand_here(client_for, writing, bob):
    assert "Nothing to compare yet" in words(client_for(bob).get(page(writing)))


def test_many_changes_are_shown_in_pages_with_what_stands_near(client_for, writing, bob):
    long = " ".join(["word"] * 100)
    for end in ("old", "new"):
        version = upload(writing, "draft", pdf(*(f"{long} {number} {end}. Still {number}." for number in range(120))))
        readings.read.work(version_id=version.pk)
    client = client_for(bob)

    first, last = client.get(page(writing)), client.get(page(writing, page=2))

    assert "120 changes" in words(first)
    assert [words(answer).count("removed:") for answer in (first, last)] == [100, 20]
    assert first.content.count(b"word ") < 100 * 50


def test_comparing_is_limited_and_what_is_known_is_not(client_for, writing, drafts, bob, settings):
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | {"examinations": Rate(1, 60)}
    client = client_for(bob)

    first, again, other = (client.get(page(writing, *pair)) for pair in (drafts, drafts, drafts[::-1]))

    assert ["now longer." in words(answer) for answer in (first, again, other)] == [True, True, False]
    assert "That was much at once." in words(other)
