"""Lists of theses under a name, for their owner alone."""

import pytest

from digi.accounts import holdings
from digi.errors import Conflict, NotFound
from thesis.models import SavedView
from thesis.services import saved_views

pytestmark = pytest.mark.django_db


@pytest.fixture
def view(bob):
    return saved_views.save(by=bob, name="Late ones", query="late=on&sort=-due", columns=["due", "state"])


def test_view_keeps_known_filters_and_columns_in_their_order(bob):
    view = saved_views.save(
        by=bob, name=" Late   ones ", query="?late=on&evil=1&state=writing", columns=["due", "state"]
    )

    assert (view.name, view.query, view.columns) == ("Late ones", "late=on&state=writing", ["state", "due"])


def test_only_one_view_comes_first(bob, view):
    first = saved_views.save(by=bob, name="Mine", standard=True)

    saved_views.change(view=view, by=bob, standard=True)

    first.refresh_from_db()
    assert not first.standard
    assert [one.name for one in saved_views.of(bob).filter(standard=True)] == ["Late ones"]


def test_two_views_of_a_person_have_two_names(bob, heidi, view):
    with pytest.raises(Conflict) as caught:
        saved_views.save(by=bob, name="Late ones")
    saved_views.save(by=heidi, name="Late ones")

    assert caught.value.code == "name_taken"


def test_views_are_so_many_at_most(bob, monkeypatch, view):
    monkeypatch.setattr(saved_views, "AT_MOST", 1)

    with pytest.raises(Conflict) as caught:
        saved_views.save(by=bob, name="One more")

    assert caught.value.code == "full"


@pytest.mark.parametrize("who", ["erin", "grace", "root", "alice"])
def test_nobody_touches_anothers_view(request, view, who):
    other = request.getfixturevalue(who)

    with pytest.raises(NotFound):
        saved_views.change(view=view, by=other, name="Mine now")
    with pytest.raises(NotFound):
        saved_views.delete(view=view, by=other)


def test_api_keeps_changes_and_forgets_ones_own(api, bob):
    made = api(bob)("post", "saved-views/", {"name": "Late ones", "query": "late=on"})
    assert made.status_code == 201, made.content
    path = f"saved-views/{made.json()['id']}/"

    renamed = api(bob)("patch", path, {"name": "Too late", "standard": True}, **{"If-Match": made.headers["ETag"]})
    stale = api(bob)("patch", path, {"name": "Never"}, **{"If-Match": made.headers["ETag"]})

    plain = ["state", "due", "milestones", "changed"]
    whole = {"id": made.json()["id"], "name": "Too late", "query": "late=on", "columns": plain, "standard": True}
    assert (renamed.json(), stale.status_code) == (whole, 412)
    assert api(bob)("get", "saved-views/").json() == {"next": None, "results": [whole]}
    assert api(bob)("delete", path).status_code == 204
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("who", ["erin", "grace", "root"])
def test_api_shows_nobody_elses(request, api, view, who):
    call = api(request.getfixturevalue(who))

    answers = [call(method, f"saved-views/{view.uuid}/", {}) for method in ("get", "patch", "delete")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert call("get", "saved-views/").json()["results"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [({"name": " "}, "invalid"), ({"name": "A", "columns": ["salary"]}, "invalid"), ({}, "invalid")],
)
def test_api_refuses_what_is_no_view(api, bob, body, code):
    answer = api(bob)("post", "saved-views/", body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_views_go_with_their_person(bob, view):
    holding = next(one for one in holdings.everything() if one.name == "theses/views")

    assert holding.shown(bob, list(holding.rows(bob)))[0]["name"] == "Late ones"
    holding.forget(bob)

    assert not SavedView.objects.exists()
