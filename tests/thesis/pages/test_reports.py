"""Figures over theses: whose, what they say, and the numbers to take away."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.accounts.models import Role
from digi.errors import Forbidden
from tests.chat.reading import words
from tests.factories import AffiliationFactory, DepartmentFactory
from tests.thesis.making import dated, leave, put
from thesis.models import MemberRole, ThesisMember, Transition
from thesis.services import reports
from thesis.states import State
from thesis.views import charts

pytestmark = pytest.mark.django_db
REPORTS = "/reports/"


def stay(thesis, *steps: tuple[str, int]) -> None:
    """Set the thesis's history: each state with the days ago at which it was entered."""
    Transition.objects.filter(thesis=thesis).delete()
    for n, (state, ago) in enumerate(steps, 1):
        at = timezone.now() - timedelta(days=ago)
        Transition.objects.create(thesis=thesis, n=n, from_state="", to_state=state, at=at, hash="")


def numbers(response) -> list[list[str]]:
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def several(institute):
    for ago in (10, 20, 90):
        stay(institute.thesis(title=f"{ago}", state=State.WRITING), ("draft", ago), ("writing", 0))
    dated(institute.thesis(title="Late"), due=-1)


def test_coordinator_reads_what_was_found(client_for, grace, several):
    text = words(client_for(grace).get(REPORTS))

    assert "Most are in the state “Writing”: 3 of 4." in text
    assert "“Draft” takes the longest: half of the theses stay 20.0 days or more." in text
    assert "Bob supervises the most: 4, of which 1 late." in text
    assert "In twelve months 4 were opened and 0 completed." in text


def test_charts_have_names_and_sentences_and_their_numbers(client_for, grace, several):
    page = client_for(grace).get(REPORTS).content.decode()

    assert page.count('class="chart') == 4
    assert re.search(r'aria-labelledby="times-t times-d"><title id="times-t">Time in a state</title>', page)
    assert "style=" not in page
    assert page.count("<summary>The numbers</summary>") == 4


def test_numbers_are_taken_away_as_csv(client_for, grace, several):
    client = client_for(grace)

    assert numbers(client.get(f"{REPORTS}times.csv?of=ds")) == [
        ["State", "Median days", "Stays counted"],
        ["Draft", "20.0", "3"],
    ]
    assert numbers(client.get(f"{REPORTS}loads.csv?of=ds"))[1:] == [["Bob", "4", "1"]]
    assert client.get(f"{REPORTS}salaries.csv?of=ds").status_code == 404


def test_no_cell_is_a_formula(client_for, grace, bob, several):
    put(bob, display_name="=1+1")

    assert numbers(client_for(grace).get(f"{REPORTS}loads.csv?of=ds"))[1][0] == "'=1+1"


def test_supervisor_reads_of_their_own_alone(client_for, bob, heidi, several, institute):
    other = institute.thesis(title="Heidi's", state=State.GRADED)
    leave(other, bob)
    ThesisMember.objects.create(thesis=other, user=heidi, role=MemberRole.SUPERVISOR)

    assert "3 of 4" in words(client_for(bob).get(REPORTS))
    assert "“Graded”: 1 of 1" in words(client_for(heidi).get(REPORTS))
    assert client_for(bob).get(f"{REPORTS}?of=ds").status_code == 404


@pytest.mark.parametrize("who", ["erin", "alice", "carol", "dave"])
def test_others_and_former_supervisors_read_nothing(request, client_for, several, who, institute):
    person = request.getfixturevalue(who)
    thesis = institute.thesis(title="Once theirs")
    former, _ = ThesisMember.objects.get_or_create(thesis=thesis, user=person, role=MemberRole.DEPUTY)
    put(former, left_at=timezone.now())
    client = client_for(person)

    assert "No figures for you" in words(client.get(REPORTS))
    assert client.get(f"{REPORTS}loads.csv?of=ds").status_code == 404


def test_coordinator_of_another_department_reads_of_that_one(client_for, heidi, several):
    elsewhere = DepartmentFactory(name="Elsewhere", slug="elsewhere")
    AffiliationFactory(user=heidi, department=elsewhere, role=Role.COORDINATOR)
    client = client_for(heidi)

    assert "Nothing to count yet" not in words(client.get(f"{REPORTS}?of=elsewhere"))
    assert "Bob" not in words(client.get(f"{REPORTS}?of=elsewhere"))
    assert client.get(f"{REPORTS}?of=ds").status_code == 404
    with pytest.raises(Forbidden):
        reports.of(heidi, reports.Scope("ds", "", None))


def test_figures_stand_for_five_minutes(client_for, grace, several, institute):
    client = client_for(grace)
    client.get(REPORTS)
    institute.thesis(title="New")

    assert "3 of 4" in words(client.get(REPORTS))
    cache.clear()
    assert "3 of 5" in words(client.get(REPORTS))


def test_steps_of_long_ago_are_not_counted(client_for, grace, institute):
    stay(institute.thesis(), ("draft", 900), ("writing", 800), ("submitted", 1))

    report = reports.of(grace, reports.scopes(grace)[0])

    assert report.times == []


def test_completed_theses_stand_in_their_month(grace, institute):
    put(institute.thesis(state=State.COMPLETED), completed_at=timezone.now())

    report = reports.of(grace, reports.scopes(grace)[0])

    assert len(report.months) == 12
    assert (report.months[-1].opened, report.months[-1].completed) == (1, 1)


def test_figures_ask_the_database_no_more_for_three_theses_than_for_one(client_for, grace, institute):
    client, counts = client_for(grace), []
    client.get(REPORTS)
    for number in range(3):
        institute.thesis(title=f"{number}")
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(REPORTS)
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_bars_begin_at_zero_and_nothing_has_no_length():
    drawn = charts.bars([("a", 4, "4"), ("b", 2, "2"), ("c", 0, "0")])

    assert [bar.width for bar in drawn.bars] == [230, 115, 0]
    assert drawn.height == 84


@pytest.mark.parametrize(("most", "values"), [(0, [1]), (3, [1, 2, 3]), (7, [2, 4, 6, 8]), (1414, [500, 1000, 1500])])
def test_grid_has_at_most_four_round_lines(most, values):
    drawn = charts.curves(["a", "b"], [("x", [0, most])])

    assert [value for _y, value in drawn.grid] == values


def test_names_of_curves_do_not_cover_each_other():
    drawn = charts.curves(["a", "b"], [("x", [0, 5]), ("y", [0, 5])])

    assert abs(drawn.curves[0].y - drawn.curves[1].y) >= 16
