"""The audit as administrators read it."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digi.accounts.models import Role
from digi.accounts.services import departments, people
from digi.audit import services
from digi.audit.models import AuditEvent
from digi.audit.services import checking
from digi.environment import Rate
from tests.chat.reading import words
from tests.factories import AffiliationFactory, DepartmentFactory, PersonFactory

pytestmark = pytest.mark.django_db

PAGE, VERIFY, EXPORT = "/audit/", "/audit/verify/", "/audit/export/"


@pytest.fixture
def root(db):
    return PersonFactory(username="root-of-all", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(root, client_for):
    return client_for(root)


@pytest.fixture
def alice(db):
    return PersonFactory(username="alice")


@pytest.fixture
def bob(db):
    return PersonFactory(username="bob")


@pytest.fixture
def lines(alice, bob):
    """Alice acts on a thesis, Bob on Alice, and the server by itself."""
    services.record(action="thesis.viewed", actor=alice, target="thesis:1", details={"n": 7})
    services.record(action="role.granted", actor=bob, target=services.target_of(alice), address="192.0.2.1")
    services.record(action="worker.ran")


def _acts(response) -> list[str]:
    return [one["line"].action for one in response.context["lines"]]


def _person(who: str):
    """Somebody who may not read the audit."""
    user = PersonFactory(username=who)
    if who == "coordinator":
        AffiliationFactory(user=user, department=DepartmentFactory(), role=Role.COORDINATOR)
    if who == "former":
        office = AffiliationFactory(user=user, department=DepartmentFactory(), role=Role.COORDINATOR)
        departments.revoke(affiliation=office)
    if who == "former-administrator":
        PersonFactory(is_superuser=True)
        people.set_rights(user=user, is_staff=True, is_superuser=True)
        people.set_rights(user=user, is_staff=False, is_superuser=False)
    return user


@pytest.mark.parametrize("who", ["erin", "student", "coordinator", "former", "former-administrator"])
def test_others_find_nothing(client_for, lines, who):
    client = client_for(_person(who))
    seen = AuditEvent.objects.count()

    looked = [client.get(PAGE).status_code, client.get(EXPORT).status_code, client.post(VERIFY).status_code]

    assert looked == [404, 404, 404]
    assert AuditEvent.objects.count() == seen
    assert checking.standing() is None


def test_strangers_are_led_to_the_door(client, lines):
    answers = [client.get(PAGE), client.get(EXPORT), client.post(VERIFY)]

    assert all(answer.url.startswith("/accounts/login/?next=") for answer in answers)


def test_staff_with_the_right_to_look_may(client_for, lines):
    user = PersonFactory(username="auditor")
    user.user_permissions.add(Permission.objects.get(codename="view_auditevent"))

    assert client_for(user).get(PAGE).status_code == 200


def test_page_shows_the_newest_first_with_who_and_whom(browser, lines):
    page = browser.get(PAGE)

    assert _acts(page) == ["worker.ran", "role.granted", "thesis.viewed", "sign_in"]
    text = words(page)
    assert "role.granted bob → alice" in text
    assert "worker.ran the server" in text
    assert "From 192.0.2.1" in text
    assert "n 7" in text


@pytest.mark.parametrize(
    ("asked", "acts"),
    [
        ("actor=ali", ["thesis.viewed"]),
        ("actor=nobody", []),
        ("act=role.", ["role.granted"]),
        ("target=alice", ["role.granted"]),
        ("target=thesis:1", ["thesis.viewed"]),
        ("actor=bob&act=thesis", []),
        ("since=2026-03-12&until=2026-03-12&actor=bob", []),
        ("since=nonsense", []),
    ],
)
def test_filters_narrow(browser, lines, asked, acts):
    assert _acts(browser.get(f"{PAGE}?{asked}")) == acts


def test_days_are_those_of_the_person(browser, root, lines):
    people_day = datetime(2026, 3, 11, 23, 30, tzinfo=UTC)  # in Tokyo it is the 12th
    AuditEvent.objects.filter(action="worker.ran").update(at=people_day)
    root.time_zone = "Asia/Tokyo"
    root.save()

    day = [_acts(browser.get(f"{PAGE}?since={day}&until={day}")) for day in ("2026-03-11", "2026-03-12")]

    assert day == [[], ["worker.ran"]]


def test_wrong_day_is_said_at_its_field(browser, lines):
    assert "since" in browser.get(f"{PAGE}?since=nonsense").context["form"].errors


def test_pages_go_on_below_a_number(browser, alice):
    for n in range(60):
        services.record(action=f"step.{n:02}", actor=alice)

    first = browser.get(f"{PAGE}?actor=alice")
    rest = browser.get(f"{PAGE}?actor=alice&before={first.context['before']}")

    assert (_acts(first)[0], _acts(first)[-1], len(_acts(first))) == ("step.59", "step.10", 50)
    assert _acts(rest) == [f"step.{n:02}" for n in range(9, -1, -1)]
    assert "actor=alice&amp;before=" in first.content.decode()
    assert browser.get(f"{PAGE}?before=nonsense").status_code == 200


def test_page_asks_the_database_no_more_for_three_lines_than_for_one(browser, root):
    browser.get(PAGE)
    counts = []
    for _ in range(3):
        services.record(action="step", actor=PersonFactory(), target=services.target_of(PersonFactory()))
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_chain_is_verified_on_demand_and_in_stretches(browser, lines, monkeypatch):
    monkeypatch.setattr(checking, "AT_MOST", 2)
    before = words(browser.get(PAGE))

    first = words(browser.post(VERIFY, follow=True))
    second = words(browser.post(VERIFY, follow=True))
    anew = words(browser.post(VERIFY, {"anew": "1"}, follow=True))

    assert "The chain has 4 lines and was not checked lately" in before
    assert "Verified to line 2 of 5" in first
    assert "Verified to line 4 of 6" in second
    assert "Verified to line 2 of 7" in anew


def test_broken_chain_is_said_with_its_line(browser, lines):
    AuditEvent.objects.filter(n=2).update(action="role.revoked")

    page = words(browser.post(VERIFY, follow=True))

    assert "Broken at line 2" in page
    assert AuditEvent.objects.first().details == {"broken": 2, "n": 1}


def test_line_that_is_missing_breaks_it_also_in_a_later_stretch(browser, lines, monkeypatch):
    monkeypatch.setattr(checking, "AT_MOST", 1)
    browser.post(VERIFY)
    AuditEvent.objects.filter(n=2).delete()

    assert "Broken at line 2" in words(browser.post(VERIFY, follow=True))


def test_export_holds_what_the_filters_leave_and_is_itself_audited(browser, lines, root):
    answer = browser.get(f"{EXPORT}?actor=bob")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(row["actor"], row["action"], row["address"]) for row in rows] == [("bob", "role.granted", "192.0.2.1")]
    line = AuditEvent.objects.first()
    assert (line.action, line.actor, line.details) == ("audit.exported", root, {"filters": ["actor"], "lines": 1})


def test_export_runs_nothing_in_a_spreadsheet(browser):
    services.record(action="x", target="=HYPERLINK(1)")

    assert "'=HYPERLINK(1)" in browser.get(EXPORT).content.decode()


def test_export_is_not_made_without_end_and_not_of_wrong_filters(browser, lines, settings):
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | {"exports": Rate(1, 3600)}

    wrong = browser.get(f"{EXPORT}?since=nonsense")
    browser.get(EXPORT)
    refused = browser.get(EXPORT)

    assert wrong.url == PAGE
    assert refused.status_code == 429
