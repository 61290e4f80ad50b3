"""Whoever hands in declares the file that their page has shown, and no other."""

import re

import pytest

from tests.chat.reading import words
from tests.papers import pdf
from tests.thesis.documents.conftest import sent
from tests.thesis.making import dated
from thesis.services import documents, theses

pytestmark = pytest.mark.django_db
MINE, ANOTHER = "Final version, version 1 · mine.pdf", "Final version, version 2 · another.pdf"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path / "files"


@pytest.fixture
def thesis(writing, alice):
    """It has Alice's file."""
    add(dated(writing), alice, "mine.pdf")
    return writing


def add(thesis, by, name: str):
    return documents.add(thesis=thesis, by=by, kind="final", upload_id=sent(by, pdf(name), name))


def carried(page, form: str = "step-submitted") -> dict[str, str]:
    """What the form for handing in carries, the declaration ticked."""
    drawn = page.text.split(f'id="{form}"')[1].split("</form>")[0]
    version = re.search(r'name="version" value="(\d+)"', drawn).group(1)
    return {"to": "submitted", "version": version, "declaration": "on"}


def test_nobody_hands_in_and_declares_a_file_that_their_page_has_not_shown(client_for, thesis, alice, grace):
    client, place = client_for(alice), f"/theses/{thesis.uuid}/"
    seen = client.get(place)
    theirs = add(thesis, grace, "another.pdf")

    refused = client.post(f"{place}step/", carried(seen))

    thesis.refresh_from_db()
    assert (refused.status_code, thesis.state) == (422, "writing")
    assert MINE in words(seen)
    assert "Somebody has changed this meanwhile. Look at it again, please." in words(refused)
    assert ANOTHER in words(refused)
    assert re.search(r'name="declaration"[^>]* checked', refused.text)
    assert client.post(f"{place}step/", carried(refused)).status_code == 302
    assert thesis.transitions.get(to_state="submitted").details["version"] == str(theirs.uuid)


def test_file_that_comes_while_a_page_is_drawn_is_not_handed_in_by_its_form(
    client_for, thesis, alice, grace, monkeypatch
):
    client, place, transition = client_for(alice), f"/theses/{thesis.uuid}/", theses.transition
    seen = client.get(place)

    def late(**given):
        add(thesis, grace, "another.pdf")
        return transition(**given)

    monkeypatch.setattr(theses, "transition", late)
    refused = client.post(f"{place}step/", carried(seen))
    monkeypatch.undo()
    again = client.post(f"{place}step/", carried(refused))

    assert (refused.status_code, again.status_code) == (422, 422)
    assert ANOTHER not in words(refused)
    assert ANOTHER in words(again)


def test_declaration_that_was_forgotten_on_the_board_does_not_make_an_old_page_new(client_for, thesis, alice, grace):
    client, place = client_for(alice), f"/theses/board/{thesis.uuid}/"
    page = client.get(f"{place}?to=submitted")
    add(thesis, grace, "another.pdf")

    forgotten = client.post(place, carried(page, "move") | {"declaration": ""})
    refused = client.post(place, carried(forgotten, "move"))

    thesis.refresh_from_db()
    assert MINE in words(page)
    assert (forgotten.status_code, refused.status_code, thesis.state) == (422, 422, "writing")
    assert ANOTHER in words(refused)
