"""The table of theses: filters, order, pages, saved views, columns, and acts on many."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.chat.reading import words
from tests.thesis.making import dated, leave
from thesis import days
from thesis.models import MemberRole, ThesisMember
from thesis.services import plan
from thesis.states import State
from thesis.views import lists

pytestmark = pytest.mark.django_db
THESES = "/theses/"
MANY = "/theses/many/"


def titles(response) -> list[str]:
    return re.findall(r'<a class="serif"[^>]*>([^<]+)</a>', response.content.decode())


# What stands there, and for whom.


def test_table_shows_what_is_under_way_the_nearest_day_first(client_for, bob, three):
    response = client_for(bob).get(THESES)

    assert titles(response) == ["A late one", "B being written"]
    assert "late by 3 days" in words(response)
    assert "no-store" in response.headers["Cache-Control"]


def test_outsider_former_member_and_another_role_see_only_their_own(client_for, erin, heidi, carol, three):
    ThesisMember.objects.create(thesis=three[0], user=heidi, role=MemberRole.OBSERVER)
    leave(three[0], heidi)

    seen = {user.username: titles(client_for(user).get(THESES + "?stage=all")) for user in (erin, heidi, carol)}

    assert seen == {"erin": [], "heidi": [], "carol": ["A late one", "B being written", "C over"]}


def test_nobody_sees_it_signed_out(client):
    for path in (THESES, MANY, "/theses/board/", "/theses/plan/"):
        assert client.get(path).status_code == 302


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stage=ended", ["C over"]),
        ("stage=all&sort=-title", ["C over", "B being written", "A late one"]),
        ("state=writing&state=completed&sort=title", ["B being written", "C over"]),
        ("late=on", ["A late one"]),
        ("q=being+alice", ["B being written"]),
        ("person=carol", ["A late one", "B being written"]),
        ("person=erin", []),
        ("kind=doctoral", []),
        ("role=examiner", []),
        ("role=supervisor", ["A late one", "B being written"]),
        ("due_after={tomorrow}", ["B being written"]),
        ("due_before={tomorrow}", ["A late one"]),
        ("due_before=nonsense&sort=nonsense", ["A late one", "B being written"]),
        ("state=nonsense", ["A late one", "B being written"]),
        ("programme={programme}", ["A late one", "B being written"]),
        ("programme=00000000-0000-0000-0000-000000000000", ["A late one", "B being written"]),
    ],
)
def test_filters_let_through_what_they_name(client_for, bob, three, programme, query, found):
    asked = query.format(tomorrow=days.today() + timedelta(days=1), programme=programme.uuid)

    assert titles(client_for(bob).get(f"{THESES}?{asked}")) == found


def test_coordinator_sees_the_department_and_may_ask_for_their_own(client_for, grace, bob, three):
    ThesisMember.objects.create(thesis=three[1], user=grace, role=MemberRole.OBSERVER)

    assert titles(client_for(grace).get(THESES)) == ["A late one", "B being written"]
    assert titles(client_for(grace).get(f"{THESES}?mine=on")) == ["B being written"]
    assert 'name="mine"' not in client_for(bob).get(THESES).content.decode()


def test_export_links_hold_the_same_filters(client_for, api, grace, three):
    page = client_for(grace).get(f"{THESES}?late=on&q=late&sort=title").content.decode()

    link = re.search(r'href="(/api/v1/theses/export/[^"]*format=json)"', page).group(1).replace("&amp;", "&")
    assert parse_qs(urlsplit(link).query) == {"q": ["late"], "late": ["true"], "active": ["true"], "format": ["json"]}
    answer = api(grace)("get", link.removeprefix("/api/v1/"))
    assert b"A late one" in b"".join(answer.streaming_content)


def test_found_none_names_the_filter_that_empties_it(client_for, bob, three):
    response = client_for(bob).get(f"{THESES}?kind=doctoral&late=on")

    assert "No thesis fits" in words(response)
    emptying = re.findall(r'<a class="button" href="\?([^"]+)">', response.content.decode())
    assert emptying == ["late=on"]


def test_page_says_what_will_stand_there(client_for, erin):
    assert "No thesis yet" in words(client_for(erin).get(THESES))


def test_head_says_how_it_is_sorted_and_turns_it(client_for, bob, three):
    page = client_for(bob).get(f"{THESES}?sort=title").content.decode()

    assert re.search(r'aria-sort="ascending"><a href="\?sort=-title">Thesis', page)
    assert re.search(r'aria-sort="none"><a href="\?">Due', page)


# Pages.


@pytest.mark.parametrize("sort", ["title", "-title", "due", "-due", "changed", "-changed", "state", "-state"])
def test_pages_hold_everything_once_in_order(client_for, monkeypatch, bob, institute, sort):
    monkeypatch.setattr(lists, "PAGE", 2)
    for number in range(5):
        thesis = institute.thesis(title=f"Thesis {number % 3}", state=[State.WRITING, State.DRAFT][number % 2])
        if number > 1:
            dated(thesis, due=number % 2)

    seen, address = [], f"{THESES}?sort={sort}"
    while address:
        page = client_for(bob).get(address).content.decode()
        seen += re.findall(r'name="thesis" value="([^"]+)"', page)
        after = re.search(r'rel="next" href="([^"]+)"', page)
        address = THESES + after.group(1).replace("&amp;", "&") if after else ""

    monkeypatch.setattr(lists, "PAGE", 50)
    whole = re.findall(r'name="thesis" value="([^"]+)"', client_for(bob).get(f"{THESES}?sort={sort}").content.decode())
    assert len(seen) == 5
    assert seen == whole


def test_cursor_of_nothing_shows_nothing_and_nonsense_the_first_page(client_for, bob, three):
    gone = client_for(bob).get(f"{THESES}?after=00000000-0000-0000-0000-000000000000")
    nonsense = client_for(bob).get(f"{THESES}?after=nonsense")

    assert (titles(gone), len(titles(nonsense))) == ([], 2)


@pytest.mark.parametrize("path", [THESES, "/theses/board/", "/theses/plan/"])
def test_lists_ask_the_database_no_more_for_three_than_for_one(client_for, bob, institute, path):
    client, counts = client_for(bob), []
    client.get(path)
    for number in range(3):
        thesis = dated(institute.thesis(title=f"Thesis {number}", state=State.WRITING))
        plan.add_milestone(thesis=thesis, by=bob, title="Measurements", due_on=days.today())
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_pages_have_their_names():
    assert [reverse(f"thesis:{name}") for name in ("theses", "board", "plan", "bulk")] == [
        THESES,
        "/theses/board/",
        "/theses/plan/",
        MANY,
    ]
