"""Saved views and columns, on the page of the list."""

import re

import pytest

from tests.chat.reading import words
from thesis.models import SavedView
from thesis.services import saved_views

pytestmark = pytest.mark.django_db
THESES = "/theses/"
MANY = "/theses/many/"


def titles(response) -> list[str]:
    return re.findall(r'<a class="serif"[^>]*>([^<]+)</a>', response.content.decode())


def send(client, act: str, query: str = "", **fields):
    return client.post(f"{THESES}?{query}", {"act": act} | fields)


def test_view_is_saved_opened_changed_kept_renamed_and_deleted(client_for, bob, three):
    client = client_for(bob)

    saved = send(client, "save", "late=on", name="Too late")
    view = SavedView.objects.get()
    assert saved.headers["Location"] == f"{THESES}?view={view.uuid}&late=on"
    assert titles(client.get(saved.headers["Location"])) == ["A late one"]

    assert "Filters changed" in words(client.get(f"{THESES}?view={view.uuid}"))
    send(client, "keep", f"view={view.uuid}&stage=all")
    send(client, "rename", f"view={view.uuid}&stage=all", name="All of them", standard="on")
    assert saved_views.of(bob).values_list("name", "query", "standard").get() == ("All of them", "stage=all", True)
    assert len(titles(client.get(THESES))) == 3

    assert "Deleted: the view “All of them”" in words(
        client.post(f"{THESES}?view={view.uuid}", {"act": "delete"}, follow=True)
    )
    assert not SavedView.objects.exists()


def test_name_that_is_taken_is_said_at_its_field(client_for, bob, three):
    saved_views.save(by=bob, name="Mine")

    response = send(client_for(bob), "save", name="Mine")

    assert response.status_code == 422
    assert "Another view of yours has this name." in words(response)
    assert 'id="save-view"' in response.content.decode()


@pytest.mark.parametrize("act", ["keep", "rename", "delete"])
@pytest.mark.parametrize("who", ["erin", "heidi", "grace"])
def test_nobody_opens_or_touches_anothers_view(request, client_for, bob, three, act, who):
    view = saved_views.save(by=bob, name="Bob's own", query="late=on")
    client = client_for(request.getfixturevalue(who))

    response = send(client, act, f"view={view.uuid}&stage=all", name="Theirs")

    view.refresh_from_db()
    assert response.status_code == 422
    assert (view.name, view.query) == ("Bob's own", "late=on")
    assert "own</a>" not in client.get(f"{THESES}?view={view.uuid}").content.decode()


def test_columns_are_kept_with_the_person(client_for, bob, three):
    client = client_for(bob)

    send(client, "columns", columns=["examiners", "state"])

    first = SavedView.objects.get()
    assert (first.name, first.standard, first.columns) == ("My view", True, ["state", "examiners"])
    page = words(client.get(THESES))
    assert "Carol" in page
    assert "Last change" not in re.sub(r"Columns.*?Show", "", page)


def test_unknown_act_does_nothing(client_for, bob, three):
    assert send(client_for(bob), "explode").status_code == 422
