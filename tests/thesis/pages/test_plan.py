"""The plan: bars over weeks, cut at milestones."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.chat.reading import words
from tests.thesis.making import leave, put
from thesis.models import Milestone, Thesis
from thesis.services import spans
from thesis.services.rows import Row
from thesis.states import State
from thesis.views import plan

PLAN = "/theses/plan/"
TODAY = date(2026, 3, 12)  # a Thursday


def row(start: date | None, due: date | None, *milestones: tuple[str, date, bool], submitted: bool = False) -> Row:
    """A thesis with its milestones, not stored."""
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    thesis = Thesis(title="T", start_on=start, due_on=due, submitted_at=moment if submitted else None)
    planned = [Milestone(title=title, due_on=day, done_at=moment if done else None) for title, day, done in milestones]
    return Row(thesis, [], [], [], planned, [])


def drawn(*rows: Row) -> list[list[tuple[int, str, str]]]:
    return [[(span.weeks, span.kind, span.title) for span in line.spans] for line in spans.of(rows, TODAY).lines]


def test_bar_is_cut_at_its_milestones():
    thesis = row(
        date(2026, 2, 2),
        date(2026, 5, 31),
        ("Related work", date(2026, 2, 22), True),
        ("Prototype", date(2026, 3, 8), False),
        ("Measurements", date(2026, 4, 5), False),
    )

    assert drawn(thesis) == [
        [(3, "done", "Related work"), (2, "late", "Prototype"), (4, "now", "Measurements"), (8, "planned", "")]
    ]


def test_rows_are_equally_wide_and_begin_with_a_gap():
    chart = spans.of([row(date(2026, 2, 2), date(2026, 3, 29)), row(date(2026, 3, 2), date(2026, 5, 31))], TODAY)

    assert [sum(span.weeks for span in line.spans) for line in chart.lines] == [chart.weeks] * 2
    assert [line.spans[0].kind for line in chart.lines] == ["now", ""]
    assert sum(month.weeks for month in chart.months) == chart.weeks
    assert [month.first.month for month in chart.months if month.now] == [3]


def test_thesis_without_dates_or_of_another_time_is_said_in_words():
    assert drawn(row(None, None), row(date(2020, 1, 1), date(2020, 6, 1))) == [[(13, "", "")], [(13, "date", "")]]


def test_handed_in_is_done_and_past_its_day_is_late():
    past = (date(2026, 1, 5), date(2026, 3, 8))

    assert [line[0][1] for line in drawn(row(*past, submitted=True), row(*past))] == ["done", "late"]


@pytest.mark.parametrize("years", [1, 30])
def test_weeks_shown_have_an_end(years):
    chart = spans.of([row(TODAY - timedelta(days=365 * years), TODAY + timedelta(days=365 * years))], TODAY)

    assert chart.weeks <= spans.BEFORE + spans.BEHIND + 2
    assert 0 < chart.now < 100


def test_line_of_today_stands_in_its_week():
    chart = spans.of([row(date(2026, 3, 9), date(2026, 5, 31))], TODAY)

    assert chart.now == round(3.5 / (chart.weeks * 7) * 100, 2)


@pytest.mark.django_db
def test_page_shows_the_bars_and_only_of_theses_that_are_open_to_the_person(client_for, bob, erin, heidi, planned):
    put(planned.members.get(role="examiner"), user=heidi)
    leave(planned, heidi)

    text = words(client_for(bob).get(PLAN))

    assert "Alice" in text
    assert "Measurements" in text
    for other in (erin, heidi):
        assert "Measurements" not in words(client_for(other).get(PLAN))


@pytest.mark.django_db
def test_page_has_no_style_in_it_and_numbers_of_svg_have_points(client_for, bob, planned):
    put(bob, language="de")

    page = client_for(bob).get(PLAN).content.decode()

    assert "style=" not in page
    assert 'x1="' in page
    assert "," not in page.split('x1="')[1].split('"')[0]


@pytest.mark.django_db
def test_pages_follow_each_other_and_filters_hold(client_for, monkeypatch, bob, institute):
    monkeypatch.setattr(plan, "PAGE", 1)
    for title in ("First", "Second"):
        institute.thesis(title=title, state=State.WRITING)

    page = client_for(bob).get(f"{PLAN}?sort=title")

    assert page.content.decode().count('<th scope="row">') == 1
    assert client_for(bob).get(f"{PLAN}?{page.context['next']}").content.decode().count('<th scope="row">') == 1
    assert "No thesis fits" in words(client_for(bob).get(f"{PLAN}?late=on"))
