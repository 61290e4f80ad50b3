"""Tasks, milestones and the plan by weeks as a browser without scripts sees them."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.chat.reading import words
from tests.thesis.making import dated, leave, put
from thesis import days
from thesis.models import Milestone, Task
from thesis.services import discussion, meetings, plan
from thesis.states import State

pytestmark = pytest.mark.django_db
TODAY = days.today()


@pytest.fixture
def thesis(institute):
    return dated(institute.thesis(state=State.WRITING))


@pytest.fixture
def at(thesis, client_for):
    """Ask as a person: `at(alice).get()`, `at(alice).post("tasks/new/", title="…")`."""

    def visit(user) -> SimpleNamespace:
        client, base = client_for(user), f"/theses/{thesis.uuid}/"
        return SimpleNamespace(
            get=lambda path="tasks/": client.get(base + path), post=lambda path, **sent: client.post(base + path, sent)
        )

    return visit


def test_task_is_added_changed_ticked_and_removed(at, thesis, alice, bob):
    added = at(bob).post("tasks/new/", title="Name the sample", assignee=alice.pk, due_on=days.today().isoformat())
    task = Task.objects.get()

    assert (added.status_code, added.url) == (302, f"/theses/{thesis.uuid}/tasks/")
    assert re.search(r"Name the sample due today .*Alice", words(at(alice).get()))

    at(alice).post(f"tasks/{task.uuid}/", title="Name the samples", note="Both of them.", version=task.version)
    task.refresh_from_db()
    assert (task.title, task.note, task.assignee, task.due_on) == ("Name the samples", "Both of them.", None, None)

    at(alice).post(f"tasks/{task.uuid}/tick/", done="1")
    assert "1 done Name the samples done today" in words(at(bob).get())
    at(alice).post(f"tasks/{task.uuid}/tick/", done="")
    task.refresh_from_db()
    assert task.done_at is None

    assert "Remove “Name the samples”?" in words(at(bob).get(f"tasks/{task.uuid}/remove/"))
    at(bob).post(f"tasks/{task.uuid}/remove/")
    assert not Task.objects.exists()
    assert "Nothing is open." in words(at(bob).get())


def test_task_says_where_it_comes_from_to_those_who_may_read_that(at, thesis, alice, bob, carol):
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=timezone.now())
    _, comment = discussion.open_thread(thesis=thesis, by=carol, body="The unit.", visibility="staff")
    plan.add_task(thesis=thesis, by=bob, title="One", meeting=meeting)
    plan.add_task(thesis=thesis, by=bob, title="Two", comment=comment)

    assert "One from the meeting of today" in words(at(alice).get())
    assert "from a remark" not in words(at(alice).get())
    assert "Two from a remark by Carol" in words(at(bob).get())


def test_what_is_wrong_is_said_and_what_was_typed_stays(at, bob):
    answer = at(bob).post("tasks/new/", title=" ", note="Both of them.", due_on="30.4.")

    assert answer.status_code == 422
    assert answer.content.decode().count('aria-invalid="true"') == 2
    assert "Both of them." in words(answer)
    assert 'id="new-task"' in answer.content.decode()
    assert not Task.objects.exists()


def test_two_who_change_a_task_lose_neither_version(at, thesis, alice, bob):
    task = plan.add_task(thesis=thesis, by=bob, title="Sample")
    plan.change_task(task=task, by=alice, title="Name the sample")

    answer = at(bob).post(f"tasks/{task.uuid}/", title="Choose the sample", version=task.version)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "It now says: Name the sample" in words(answer)
    assert 'value="Choose the sample"' in page
    assert f'name="version" value="{task.version + 1}"' in page
    again = at(bob).post(f"tasks/{task.uuid}/", title="Choose the sample", version=task.version + 1)
    task.refresh_from_db()
    assert (again.status_code, task.title) == (302, "Choose the sample")


def test_milestone_is_added_changed_reached_and_removed(at, alice, bob):
    at(alice).post("milestones/new/", title="Measurements", due_on=days.today().isoformat(), weight=3)
    milestone = Milestone.objects.get()

    assert "Measurements until today · weight 3" in words(at(bob).get())
    at(bob).post(f"milestones/{milestone.uuid}/", title="Measured", weight=2, version=milestone.version)
    at(bob).post(f"milestones/{milestone.uuid}/tick/", done="1")
    assert "Measured reached today · weight 2" in words(at(alice).get())

    assert "Its tasks stay." in words(at(bob).get(f"milestones/{milestone.uuid}/remove/"))
    at(bob).post(f"milestones/{milestone.uuid}/remove/")
    assert not Milestone.objects.exists()


def test_two_who_change_a_milestone_lose_neither_version(at, thesis, alice, bob):
    milestone = plan.add_milestone(thesis=thesis, by=bob, title="Data")
    plan.change_milestone(milestone=milestone, by=alice, weight=7)

    answer = at(bob).post(f"milestones/{milestone.uuid}/", title="All data", weight=1, version=milestone.version)

    assert answer.status_code == 422
    assert "It now says: Data · weight 7" in words(answer)
    assert 'value="All data"' in answer.content.decode()
    assert f'name="version" value="{milestone.version + 1}"' in answer.content.decode()


def test_plan_is_drawn_by_weeks_with_what_is_done_now_and_late(at, thesis, bob):
    put(thesis, start_on=TODAY - timedelta(weeks=8), defence_at=timezone.now() + timedelta(weeks=8))
    done = plan.add_milestone(thesis=thesis, by=bob, title="Read", due_on=TODAY - timedelta(weeks=6))
    plan.change_milestone(milestone=done, by=bob, done=True)
    plan.add_milestone(thesis=thesis, by=bob, title="Measure", due_on=TODAY - timedelta(weeks=1))
    plan.add_milestone(thesis=thesis, by=bob, title="Write", due_on=TODAY + timedelta(weeks=2))
    plan.add_milestone(thesis=thesis, by=bob, title="Check", due_on=TODAY + timedelta(weeks=4))

    page = at(bob).get().content.decode()
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page, flags=re.S)
    kinds = [(name, re.search(r'class="span[^"]*"(?: data-is="(\w+)")?', row)[1]) for name, row in rows]
    widths = {sum(map(int, re.findall(r'<td colspan="(\d+)"', row))) for _, row in rows}

    assert kinds == [
        ("Read", "done"),
        ("Measure", "late"),
        ("Write", "now"),
        ("Check", None),
        ("Hand in", "date"),
        ("Defence", "date"),
    ]
    assert widths == {int(re.search(r'<col span="(\d+)"', page)[1])}
    assert 0 < float(re.search(r'<line x1="([\d.]+)%"', page)[1]) < 100


def test_plan_of_dates_far_apart_is_cut(at, thesis, bob):
    plan.add_milestone(thesis=thesis, by=bob, title="Far", due_on=TODAY + timedelta(weeks=5000))

    assert '<col span="104">' in at(bob).get().content.decode()


def test_observer_reads_and_changes_nothing(world, client_for, heidi):
    base = f"/theses/{world.thesis.uuid}/"
    client = client_for(heidi)

    page = client.get(f"{base}tasks/")

    assert "Name the sample" in words(page)
    assert 'role="checkbox"' not in page.content.decode()
    assert 'id="new-task"' not in page.content.decode()
    for path in (f"tasks/{world.task.uuid}/tick/", f"milestones/{world.milestone.uuid}/tick/"):
        assert client.post(base + path, {"done": "1"}).status_code == 403
    assert client.post(f"{base}tasks/new/", {"title": "Mine"}).status_code == 422
    assert Task.objects.count() == 1


def test_examiner_works_on_tasks_but_does_not_plan(at, thesis, bob, carol):
    milestone = plan.add_milestone(thesis=thesis, by=bob, title="Data")

    page = at(carol).get().content.decode()

    assert 'id="new-task"' in page
    assert 'id="new-milestone"' not in page
    assert at(carol).post(f"milestones/{milestone.uuid}/tick/", done="1").status_code == 403


def test_only_who_made_it_or_a_supervisor_removes_a_task(at, thesis, alice, bob, carol):
    task = plan.add_task(thesis=thesis, by=bob, title="Sample")

    assert at(alice).post(f"tasks/{task.uuid}/remove/").status_code == 403
    assert at(carol).post(f"tasks/{task.uuid}/remove/").status_code == 403
    assert "trash-2" not in at(alice).get(f"tasks/{task.uuid}/").content.decode()
    assert at(bob).post(f"tasks/{task.uuid}/remove/").status_code == 302


def test_outsider_and_former_member_find_nothing_here(world, client_for, erin, dave, alice):
    leave(world.thesis, alice)
    base = f"/theses/{world.thesis.uuid}/"

    for user in (erin, dave, alice):
        client = client_for(user)
        assert client.get(f"{base}tasks/").status_code == 404
        assert client.get(f"{base}tasks/{world.task.uuid}/").status_code == 404
        assert client.get(f"{base}tasks/{world.task.uuid}/remove/").status_code == 404
        for path in ("tasks/new/", f"tasks/{world.task.uuid}/tick/", f"milestones/{world.milestone.uuid}/remove/"):
            assert client.post(base + path, {"title": "Mine", "done": "1"}).status_code == 404
    assert Task.objects.get().done_at is None


def test_task_of_another_thesis_is_not_here(at, institute, bob):
    other = institute.thesis(state=State.WRITING)
    task = plan.add_task(thesis=other, by=bob, title="Elsewhere")

    assert at(bob).get(f"tasks/{task.uuid}/").status_code == 404
    assert at(bob).post(f"tasks/{task.uuid}/tick/", done="1").status_code == 404


def test_closed_thesis_says_so_and_offers_no_change(at, thesis, bob):
    plan.add_task(thesis=thesis, by=bob, title="Sample")
    put(thesis, state=State.ARCHIVED)

    page = at(bob).get()

    assert "The thesis is closed; nothing is changed here any more." in words(page)
    assert '<button class="tick"' not in page.content.decode()


def test_number_of_queries_is_the_same_for_one_and_three(thesis, client_for, alice, bob):
    def more() -> None:
        milestone = plan.add_milestone(thesis=thesis, by=bob, title="A", due_on=TODAY)
        meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=timezone.now())
        _, comment = discussion.open_thread(thesis=thesis, by=bob, body="The unit.")
        plan.add_task(thesis=thesis, by=bob, title="B", assignee=alice, milestone=milestone, meeting=meeting)
        plan.add_task(thesis=thesis, by=bob, title="C", comment=comment)

    def cost() -> int:
        client = client_for(alice)
        client.get(f"/theses/{thesis.uuid}/tasks/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/theses/{thesis.uuid}/tasks/").status_code == 200
        return len(queries)

    more()
    before = cost()
    more()
    more()

    assert cost() == before
