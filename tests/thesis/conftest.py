"""Alice writes a thesis that Bob supervises and Carol examines; Grace coordinates, Dave studies, Erin is outside."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from chat.services import sealing
from digi.accounts.models import Role
from tests.factories import AffiliationFactory, DepartmentFactory
from tests.thesis.lists import READ, whole
from tests.thesis.making import Institute, dated, leave, put, upload
from thesis import days
from thesis.models import Programme, ThesisMember
from thesis.services import discussion, extensions, guests, meetings, plan, requests, topics
from thesis.states import State


@pytest.fixture(autouse=True)
def _no_keys_of_other_tests():
    """Row ids come again when a test is rolled back, and data keys are remembered by room."""
    sealing.forget()


@pytest.fixture
def department(db):
    return DepartmentFactory(name="Distributed Systems", slug="ds")


@pytest.fixture
def somebody(person, department):
    """Make a person with roles in the department: `somebody("bob", Role.SUPERVISOR)`."""

    def make(username: str, *roles: Role, **fields):
        user = person(username, **fields)
        for role in roles:
            AffiliationFactory(user=user, department=department, role=role)
        return user

    return make


@pytest.fixture
def alice(somebody):
    return somebody("alice", Role.STUDENT)


@pytest.fixture
def dave(somebody):
    return somebody("dave", Role.STUDENT)


@pytest.fixture
def bob(somebody):
    return somebody("bob", Role.SUPERVISOR)


@pytest.fixture
def heidi(somebody):
    return somebody("heidi", Role.SUPERVISOR)


@pytest.fixture
def carol(somebody):
    return somebody("carol", Role.EXAMINER)


@pytest.fixture
def frank(somebody):
    return somebody("frank", Role.EXAMINER)


@pytest.fixture
def grace(somebody):
    return somebody("grace", Role.COORDINATOR)


@pytest.fixture
def erin(person):
    """Somebody with an account and nothing else."""
    return person("erin")


@pytest.fixture
def root(person):
    return person("head-of-it", is_staff=True, is_superuser=True)


@pytest.fixture
def programme(department):
    """Asks for nothing; tests switch on what they look at."""
    asks = {"proposal_required": False, "second_examiner_required": False, "defence_required": False}
    return Programme.objects.create(department=department, name="Informatics", **asks)


@pytest.fixture
def institute(programme, alice, bob, carol, grace):
    """Makes topics, applications and theses of these people."""
    return Institute(programme, student=alice, supervisor=bob, examiner=carol, coordinator=grace)


@pytest.fixture
def thesis(institute):
    """A draft with Alice and Bob, and Carol as its examiner."""
    return institute.thesis()


@pytest.fixture
def world(institute, alice, bob, carol, grace, root, erin, dave, heidi):
    """A thesis under review and everything that hangs on it; Dave was its examiner once."""
    thesis = put(dated(institute.thesis()), state=State.UNDER_REVIEW)
    ThesisMember.objects.create(thesis=thesis, user=dave, role="examiner")
    leave(thesis, dave)
    thread, comment = discussion.open_thread(thesis=thesis, by=alice, body="See page 3.")
    _, asked = discussion.open_thread(thesis=thesis, by=alice, body="The unit.")
    topic = institute.topic()
    application = institute.application(topic)
    invitation, secret = guests.invite(thesis=thesis, by=bob, name="Ravi", days=7)
    observer = ThesisMember.objects.create(thesis=thesis, user=heidi, role="observer")
    put(thesis, state=State.WRITING)
    extension = extensions.ask(thesis=thesis, by=alice, due_on=thesis.due_on + timedelta(days=9), reason="Ill.")
    put(thesis, state=State.UNDER_REVIEW)
    return SimpleNamespace(
        thesis=thesis,
        version=upload(thesis, "draft"),
        topic=topic,
        subscription=topics.subscribe(programme=thesis.programme, by=alice),
        application=application,
        thread=thread,
        comment=comment,
        request=requests.ask(comment=asked, by=bob),
        milestone=plan.add_milestone(thesis=thesis, by=bob, title="Measurements"),
        task=plan.add_task(thesis=thesis, by=bob, title="Name the sample"),
        meeting=meetings.arrange(thesis=thesis, by=bob, starts_at=timezone.now() + timedelta(days=2)),
        extension=extension,
        invitation=invitation,
        secret=secret,
        member=observer,
        people={
            "student": alice,
            "supervisor": bob,
            "examiner": carol,
            "observer": heidi,
            "coordinator": grace,
            "superuser": root,
            "outsider": erin,
            "former": dave,
        },
    )


@pytest.fixture
def api(client_for):
    """A client of the API in a person's session: `api(alice)("get", "theses/")`."""
    signed_in = {}

    def of(user):
        client = signed_in.setdefault(user.pk, client_for(user))

        def call(method: str, path: str, body=None, **headers):
            return getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

        return call

    return of


@pytest.fixture
def link(api):
    """The address of a person's calendar, as the API tells it once."""

    def make(user) -> str:
        answer = api(user)("post", "me/calendar/")
        assert answer.status_code == 201, answer.content
        return answer.json()["url"].removeprefix("http://testserver")

    return make


@pytest.fixture
def planned(institute, alice, bob):
    """A thesis that is being written, with one date of every kind."""
    thesis = dated(institute.thesis(state=State.WRITING), due=30)
    soon = days.today() + timedelta(days=20)
    put(thesis, defence_at=timezone.now() + timedelta(days=40))
    plan.add_milestone(thesis=thesis, by=bob, title="Measurements", due_on=soon)
    plan.add_task(thesis=thesis, by=bob, title="Name the sample", assignee=alice, due_on=soon)
    meetings.arrange(thesis=thesis, by=bob, starts_at=timezone.now() + timedelta(days=2), place="Room 1; left, up")
    return thesis


@pytest.fixture
def taken(api):
    """What a person takes away: `taken(bob, "csv")`, in rows."""

    def take(user, form: str, query: str = "") -> list[dict]:
        return READ[form](whole(api(user)("get", f"theses/export/?format={form}{query}")))

    return take
