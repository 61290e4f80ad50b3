"""Lists to take away: read by other libraries, filtered and guarded as the list is, flat in memory."""

import tracemalloc
from datetime import date, datetime, time
from tempfile import TemporaryFile

import bibtexparser
import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import PersonFactory
from tests.thesis.lists import whole
from tests.thesis.making import dated, leave, put
from thesis.models import MemberRole, Thesis, ThesisMember
from thesis.serializers.exports import ExportedThesisSerializer
from thesis.services import bibtex, catalogue, plan, sheets
from thesis.states import State

pytestmark = pytest.mark.django_db

FORMS = ("csv", "xlsx", "json", "bibtex")
HOSTILE = '=HYPERLINK("http://evil.example","x")'


def test_csv_holds_what_the_list_shows(institute, taken, bob, heidi):
    thesis = dated(institute.thesis(title='Über "Ränder"\n, Teil 2', state=State.WRITING))
    ThesisMember.objects.create(thesis=thesis, user=heidi, role=MemberRole.CO_SUPERVISOR)
    milestone = plan.add_milestone(thesis=thesis, by=bob, title="Measure")
    plan.add_milestone(thesis=thesis, by=bob, title="Write")
    plan.change_milestone(milestone=milestone, by=bob, done=True)

    (row,) = taken(bob, "csv")

    assert list(row) == list(catalogue.COLUMNS)
    assert row["title"] == thesis.title
    assert (row["students"], row["supervisors"], row["examiners"]) == ("Alice", "Bob; Heidi", "Carol")
    assert (row["department"], row["programme"], row["late"]) == ("Distributed Systems", "Informatics", "false")
    assert (row["due_on"], row["submitted_at"]) == (thesis.due_on.isoformat(), "")
    assert (row["milestones_done"], row["milestones_all"]) == ("1", "2")
    assert row["created_at"].endswith("Z")


def test_xlsx_holds_days_times_and_truths_as_such(institute, taken, bob):
    thesis = dated(institute.thesis(submitted_at=timezone.now(), late=True))

    (row,) = taken(bob, "xlsx")

    assert list(row) == list(catalogue.COLUMNS)
    assert (row["title"], row["students"], row["late"]) == ("Bounded lag", "Alice", True)
    assert row["due_on"] == datetime.combine(thesis.due_on, time.min)
    assert isinstance(row["submitted_at"], date)
    assert abs(row["submitted_at"] - thesis.submitted_at.replace(tzinfo=None)).total_seconds() < 1


def test_json_names_people_as_the_api_does(institute, taken, bob):
    institute.thesis()

    (row,) = taken(bob, "json")

    assert list(row) == list(catalogue.COLUMNS) == list(ExportedThesisSerializer().fields)
    assert row["students"] == [{"user": "alice", "display_name": "Alice"}]
    assert (row["late"], row["due_on"], row["milestones_all"]) == (False, None, 0)


@pytest.mark.parametrize("text", [HOSTILE, "+1", "-1+1", "@SUM(A1)", "\t=1", "  =1+1", "\n=1", "=cmd|' /C calc'!A0"])
def test_no_cell_becomes_a_formula(institute, taken, bob, text):
    institute.thesis(abstract=text)

    (row,) = taken(bob, "csv")
    assert row["abstract"] == f"'{text}"

    with TemporaryFile() as made:
        sheets.write_xlsx(catalogue.lines(Thesis.objects.all()), made)
        (cell,) = openpyxl.load_workbook(made).active[2][-1:]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)
    assert cell.hyperlink is None


def test_name_that_looks_like_a_formula_is_guarded(institute, taken, bob, alice):
    alice.display_name = "=1+1"
    alice.save()
    institute.thesis()

    assert taken(bob, "csv")[0]["students"] == "'=1+1"


@pytest.mark.parametrize(
    ("kind", "entry"),
    [("master", "mastersthesis"), ("doctoral", "phdthesis"), ("bachelor", "misc"), ("project", "misc")],
)
def test_bibtex_names_the_degree_and_keeps_its_key(institute, taken, bob, kind, entry):
    thesis = institute.thesis(kind=kind)

    (before,) = taken(bob, "bibtex")
    put(thesis, title="Another title")
    (after,) = taken(bob, "bibtex")

    assert (before["type"], before["key"]) == (entry, f"digi-{thesis.uuid.hex}")
    assert (after["key"], after["title"]) == (before["key"], "{Another title}")


def test_bibtex_survives_what_people_type(institute, api, bob, alice, dave):
    alice.display_name = "Meyer and Sons, Alice {"
    alice.save()
    thesis = institute.thesis(title=r"50 % of $x_1 & #2} \input{/etc/passwd} ~ ^ @article{a, “ü”", state=State.WRITING)
    ThesisMember.objects.create(thesis=thesis, user=dave, role=MemberRole.STUDENT)
    institute.thesis(title="Next")

    found = bibtexparser.parse_string(whole(api(bob)("get", "theses/export/?format=bibtex")).decode())

    assert [entry["title"] for entry in found.entries] == [
        "{Next}",
        r"{50 \% of \$x\_1 \& \#2{\textbraceright} {\textbackslash}input{\textbraceleft}/etc/passwd{\textbraceright} "
        r"{\textasciitilde} {\textasciicircum} @article{\textbraceleft}a, “ü”}",
    ]
    assert found.entries[1]["author"] == r"{Meyer and Sons, Alice {\textbraceleft}} and Dave"
    assert found.entries[1]["school"] == "Distributed Systems"


@pytest.mark.parametrize("form", FORMS)
def test_export_follows_the_filters_of_the_list(institute, taken, bob, grace, heidi, form):
    institute.thesis(title="Writing", state=State.WRITING)
    institute.thesis(title="Graded", state=State.GRADED)

    def titles(user, query: str = "") -> list[str]:
        return [row["title"].strip("{}") for row in taken(user, form, query)]

    assert titles(bob) == ["Graded", "Writing"]
    assert titles(grace, "&state=writing&q=writ") == ["Writing"]
    assert titles(bob, "&role=student") == []


@pytest.mark.parametrize("query", ["", "?format=pdf", "?format=csv&state=x"])
def test_wrong_wishes_are_a_problem(api, bob, query):
    answer = api(bob)("get", f"theses/export/{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_answer_is_an_attachment_that_nobody_keeps(institute, api, bob):
    institute.thesis()

    answer = api(bob)("get", "theses/export/?format=xlsx")

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    assert int(answer.headers["Content-Length"]) == len(whole(answer))


def test_number_of_queries_is_the_same_for_one_and_three(institute, taken, bob):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            taken(bob, "csv")
        return len(queries)

    plan.add_milestone(thesis=institute.thesis(), by=bob, title="First")
    cost()  # the first request writes the session down
    one = cost()
    institute.thesis()
    plan.add_milestone(thesis=institute.thesis(), by=bob, title="Second")

    assert cost() == one


def test_thesis_without_people_and_one_that_comes_in_between_break_no_line(institute, programme):
    alone = Thesis.objects.create(programme=programme, title="Nobody's", kind="master")
    full = institute.thesis(title="Full")

    found = {line.thesis.title: len(line.members) for line in catalogue.lines(Thesis.objects.all())}
    leave(full, institute.student)

    assert found == {"Nobody's": 0, "Full": 3}
    assert [len(line.members) for line in catalogue.lines(Thesis.objects.filter(pk__lte=alone.pk))] == [0]


def test_ten_thousand_take_two_queries_and_flat_memory(programme, django_assert_num_queries):
    fill(programme, 10_000)

    for write in (sheets.write_csv, sheets.write_xlsx, sheets.write_json, bibtex.write):
        with TemporaryFile() as made:
            write(catalogue.lines(Thesis.objects.filter(pk=0)), made)  # what is imported and kept once
        tracemalloc.start()
        with TemporaryFile() as made, django_assert_num_queries(2):
            write(catalogue.lines(Thesis.objects.all()), made)
            size = made.tell() or made.seek(0, 2)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert size > 100_000
        assert peak < 12 * 1_048_576, (write, peak)


def fill(programme, count: int) -> None:
    student = PersonFactory()
    text = "How far behind may a viewer fall? " * 20
    rows = [Thesis(programme=programme, title=f"Thesis {n}", kind="master", abstract=text) for n in range(count)]
    made = Thesis.objects.bulk_create(rows, batch_size=2000)
    members = [ThesisMember(thesis=row, user=student, role=MemberRole.STUDENT) for row in made]
    ThesisMember.objects.bulk_create(members, batch_size=2000)
