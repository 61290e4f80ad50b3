"""The timeline: the whole history, by kind, with its chain."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from tests.chat.reading import words
from tests.thesis import stages
from tests.thesis.making import upload
from thesis.models import Transition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path / "files"


@pytest.fixture
def written(thesis, bob):
    stages.step(thesis, "writing", bob)
    upload(thesis, "draft")
    return thesis


def at(thesis, kind: str = "") -> str:
    return f"/theses/{thesis.uuid}/timeline/" + (f"?kind={kind}" if kind else "")


def test_timeline_tells_everything_with_the_hash_of_each_step(client_for, written, carol):
    page = client_for(carol).get(at(written))

    text = words(page)
    assert "Alice added Draft, version 1 ." in text
    assert "Bob moved it to Writing ." in text
    assert "Grace opened the thesis." in text
    assert "The chain holds: 2 steps, checked just now." in text
    assert all(step.hash in page.text for step in written.transitions.all())


def test_timeline_is_narrowed_by_kind(client_for, written, carol):
    text = words(client_for(carol).get(at(written, "version")))

    assert "Alice added Draft, version 1 ." in text
    assert "Bob moved it" not in text
    assert "Bob moved it" in words(client_for(carol).get(at(written, "nonsense")))
    assert "Nothing of this kind has happened yet." in words(client_for(carol).get(at(written, "meeting")))


def test_timeline_says_where_the_chain_is_broken(client_for, written, carol):
    Transition.objects.filter(thesis=written, n=2).update(reason="Never said.")

    text = words(client_for(carol).get(at(written)))

    assert "The chain of steps is broken at number 2" in text
    assert text.count("not proved") == 1


def test_what_people_write_is_no_markup(client_for, written, bob, carol):
    stages.step(written, "withdrawn", bob, reason="<img src=x onerror=alert(1)>")

    page = client_for(carol).get(at(written))

    assert "&lt;img src=x" in page.text
    assert "<img src=x" not in page.text


def test_name_with_a_per_cent_sign_or_markup_is_a_name(client_for, written, bob, carol):
    bob.display_name = "Bob %(day)s <b>"
    bob.save()

    page = client_for(carol).get(at(written)).text

    assert "<b>Bob %(day)s &lt;b&gt;</b> moved it" in page
    assert "Bob %(day)s <b>" not in page


def test_timeline_asks_the_database_no_more_for_three_versions_than_for_one(client_for, written, carol):
    client = client_for(carol)
    client.get(at(written))
    counts = []
    for n in range(3):
        upload(written, "draft", f"%PDF-1.7 {n}".encode())
        with CaptureQueriesContext(database) as queries:
            client.get(at(written))
        counts.append(len(queries))

    assert counts[0] == counts[2]
