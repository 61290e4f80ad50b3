"""The page that people begin with, by what they are to theses."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.accounts.models import Role
from tests.chat.reading import words
from tests.factories import AffiliationFactory
from tests.thesis.making import dated, leave, put
from thesis import days
from thesis.models import ThesisMember
from thesis.services import discussion, extensions, meetings, plan, requests
from thesis.states import State

pytestmark = pytest.mark.django_db
SOON = days.today() + timedelta(days=3)
LATER = timezone.now() + timedelta(days=2)


@pytest.fixture
def page(client_for):
    return lambda user, query="": client_for(user).get(f"/dashboard/{query}")


def test_student_sees_what_to_do_their_tasks_and_dates(institute, page, alice, bob):
    thesis = dated(institute.thesis(state=State.WRITING), due=5)
    plan.add_task(thesis=thesis, by=bob, title="Name the sample", assignee=alice, due_on=SOON)
    meetings.arrange(thesis=thesis, by=bob, starts_at=LATER, place="Room 2.014")
    _, comment = discussion.open_thread(thesis=thesis, by=bob, body="The unit.")
    requests.ask(comment=comment, by=bob, blocking=True)

    answer = page(alice)
    text = words(answer)

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Write, and hand in Bounded lag" in text
    assert "Make 1 requested change Bounded lag" in text
    assert "1 blocking" in text
    assert "Name the sample Bounded lag" in text
    assert "Meeting Bounded lag · Room 2.014" in text
    assert "Bounded lag : Bob planned a meeting." in text
    assert "Waiting for others" not in text


def test_supervisor_sees_who_waits_for_whom_and_what_to_decide(institute, page, alice, bob):
    thesis = dated(institute.thesis(state=State.WRITING))
    extensions.ask(thesis=thesis, by=alice, due_on=thesis.due_on + timedelta(days=9), reason="Ill.")
    put(institute.thesis(title="Handed in", state=State.SUBMITTED))
    institute.application()

    text = words(page(bob))

    assert "Decide whether Alice gets more time Bounded lag" in text
    assert "Read the application of Alice Stalled viewers" in text
    assert "Begin the review Handed in" in text
    assert "Bounded lag waits for Alice" in text
    assert "Write, and hand in" not in text


def test_examiner_sees_the_report_to_write_and_the_changes_to_look_at(institute, page, carol):
    thesis = institute.thesis(state=State.UNDER_REVIEW)
    _, comment = discussion.open_thread(thesis=thesis, by=carol, body="The unit.")
    put(requests.ask(comment=comment, by=carol), state="done")

    text = words(page(carol))

    assert "Write your report Bounded lag" in text
    assert "Look at 1 change that is made Bounded lag" in text


def test_every_to_do_leads_to_a_page_that_opens(world, institute, client_for, alice, bob, carol):
    put(requests.ask(comment=world.comment, by=carol), state="done")
    thesis = dated(institute.thesis(title="Written", state=State.WRITING))
    extensions.ask(thesis=thesis, by=alice, due_on=thesis.due_on + timedelta(days=9), reason="Ill.")

    for user in (alice, bob, carol):
        client = client_for(user)
        links = [one.url for one in client.get("/dashboard/").context["todo"]]

        assert links
        assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_report_to_write_leads_to_its_form(institute, client_for, carol):
    thesis = institute.thesis(state=State.UNDER_REVIEW)

    links = [one.url for one in client_for(carol).get("/dashboard/").context["todo"]]

    assert links == [f"/theses/{thesis.uuid}/marks/#report"]
    assert '<form class="form wide" id="report"' in client_for(carol).get(links[0]).content.decode()


def test_somebody_of_several_roles_sees_all_of_them(institute, page, bob, department):
    AffiliationFactory(user=bob, department=department, role=Role.COORDINATOR)
    thesis = institute.thesis(state=State.UNDER_REVIEW)
    ThesisMember.objects.create(thesis=thesis, user=bob, role="second_examiner")

    text = words(page(bob))

    assert "Write your report Bounded lag" in text
    assert "Distributed Systems 1 thesis under way Under review 1" in text


def test_coordinator_sees_departments_by_state_and_what_is_overdue(institute, page, grace, bob):
    put(institute.thesis(state=State.WRITING), due_on=days.today() - timedelta(days=1))
    institute.thesis(state=State.GRADED)

    text = words(page(grace))

    assert "Distributed Systems 2 theses under way Writing 1 Graded 1 overdue 1" in text
    assert "theses under way" not in words(page(bob))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("alice", "Your thesis will stand here"),
        ("bob", "The theses you supervise will stand here"),
        ("carol", "The theses you examine will stand here"),
        ("erin", "What concerns you will stand here"),
    ],
)
def test_who_has_nothing_is_told_what_will_stand_here(request, page, name, sentence):
    assert sentence in words(page(request.getfixturevalue(name)))


def test_outsider_former_member_and_superuser_see_nothing_of_a_thesis(world, page, erin, dave, root):
    for user in (erin, dave, root):
        assert "Bounded lag" not in words(page(user))


def test_who_has_left_is_told_so_and_sees_nothing_of_it_any_more(world, page, alice):
    leave(world.thesis, alice)
    put(world.application, state="withdrawn")

    text = words(page(alice, "?out"))

    assert "Your access to that thesis has ended." in text
    assert "Name the sample" not in text
    assert "has ended" not in words(page(alice))


def test_task_is_ticked_and_taken_back(institute, client_for, alice, bob):
    task = plan.add_task(thesis=institute.thesis(state=State.WRITING), by=bob, title="Sample", assignee=alice)
    client = client_for(alice)

    answer = client.post(f"/dashboard/tasks/{task.uuid}/", {"done": "1"})
    task.refresh_from_db()

    assert (answer.status_code, answer.url) == (302, "/dashboard/")
    assert task.done_at is not None
    assert "Sample Bounded lag done today" in words(client.get("/dashboard/"))

    client.post(f"/dashboard/tasks/{task.uuid}/", {"done": ""})
    task.refresh_from_db()
    assert task.done_at is None


def test_nobody_ticks_a_task_of_somebody_else(institute, client_for, alice, bob, erin, dave, grace):
    thesis = institute.thesis(state=State.WRITING)
    task = plan.add_task(thesis=thesis, by=bob, title="Sample", assignee=alice)

    for user in (bob, erin, dave, grace):
        assert client_for(user).post(f"/dashboard/tasks/{task.uuid}/", {"done": "1"}).status_code == 404
    leave(thesis, alice)
    assert client_for(alice).post(f"/dashboard/tasks/{task.uuid}/", {"done": "1"}).status_code == 404

    task.refresh_from_db()
    assert task.done_at is None


def test_numbers_of_a_department_lead_into_the_list(institute, page, client_for, grace):
    put(institute.thesis(state=State.WRITING), due_on=days.today() - timedelta(days=1))

    answer = page(grace)

    for query in ("state=writing", "late=on"):
        assert f'href="/theses/?{query}"' in answer.content.decode()
        assert "Bounded lag" in words(client_for(grace).get(f"/theses/?{query}"))


def test_page_says_whether_single_keys_are_on(page, alice):
    assert '<meta name="keys" content="on" data-home="/">' in page(alice).content.decode()

    put(alice, single_keys=False)

    assert '<meta name="keys" content="off" data-home="/">' in page(alice).content.decode()


def test_signed_out_is_led_to_the_door(client):
    assert client.get("/dashboard/").url == "/accounts/login/?next=/dashboard/"


def test_number_of_queries_is_the_same_for_one_and_three(institute, client_for, alice, bob, grace):
    def more(n: int) -> None:
        thesis = dated(institute.thesis(title=f"Thesis {n}", state=State.WRITING))
        plan.add_milestone(thesis=thesis, by=bob, title="A", due_on=SOON)
        for done in (False, True):
            task = plan.add_task(thesis=thesis, by=bob, title="B", assignee=alice, due_on=SOON)
            plan.change_task(task=task, by=alice, done=done)
        meetings.arrange(thesis=thesis, by=bob, starts_at=LATER)
        _, comment = discussion.open_thread(thesis=thesis, by=bob, body="The unit.")
        put(requests.ask(comment=comment, by=bob), state="done")
        extensions.ask(thesis=thesis, by=alice, due_on=thesis.due_on + timedelta(days=9), reason="Ill.")
        institute.application(institute.topic(title=f"Topic {n}"))

    def cost(user) -> int:
        client = client_for(user)
        client.get("/dashboard/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/dashboard/").status_code == 200
        return len(queries)

    more(1)
    before = [cost(user) for user in (alice, bob, grace)]
    for n in (2, 3):
        more(n)

    assert [cost(user) for user in (alice, bob, grace)] == before
    assert max(before) <= 30
