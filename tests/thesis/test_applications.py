"""Applications: who may hand one in, every verb by every part, what an accepted offer makes, and races."""

import threading
from datetime import timedelta
from itertools import product

import pytest
from django.db import connections
from django.utils import timezone

from chat.models import Room
from digi.accounts.models import Role
from digi.audit.models import AuditEvent
from digi.errors import Conflict, DigiError, Forbidden, Invalid, NotFound, Stale
from digi.notifications.models import Notification
from tests.thesis.making import put
from thesis.models import Application, ApplicationStep, InterviewSlot, MemberRole, Thesis, TopicState
from thesis.services import applications, history, topics
from thesis.services.applications import Slot
from thesis.states import OPEN, ApplicationState

pytestmark = pytest.mark.django_db

TOMORROW = timedelta(days=1)


def act(verb: str, application: Application, by, **given) -> Application:
    call = {
        "shortlist": applications.shortlist,
        "interview": applications.invite,
        "offer": applications.offer,
        "accept": applications.accept,
        "reject": applications.reject,
        "withdraw": applications.withdraw,
    }[verb]
    more = {
        "interview": {"slots": [Slot(timezone.now() + TOMORROW, "2.014")], "reason": "For the owner."},
        "reject": {"rejection": "taken", "reason": "For the owner."},
        "accept": {},
    }.get(verb, {"reason": "For the owner."})
    return call(application=application, by=by, **more | given)


VERBS = [
    ("shortlist", ("submitted",), "shortlisted", "owner"),
    ("interview", ("shortlisted",), "interview", "owner"),
    ("offer", ("submitted", "shortlisted", "interview"), "offered", "owner"),
    ("accept", ("offered",), "accepted", "student"),
    ("reject", OPEN, "rejected", "owner"),
    ("withdraw", OPEN, "withdrawn", "student"),
]
EVERYBODY = ("student", "owner", "coordinator", "superuser", "supervisor", "other_student", "outsider")


@pytest.fixture
def people(alice, bob, grace, root, heidi, dave, erin):
    """Heidi supervises, but not this topic."""
    return dict(zip(EVERYBODY, (alice, bob, grace, root, heidi, dave, erin), strict=True))


@pytest.mark.parametrize(("line", "who"), list(product(VERBS, EVERYBODY)), ids=str)
def test_verb_is_open_to_its_part_in_its_states(institute, people, line, who):
    verb, starts, to, part = line
    application = institute.application()
    stands_in = part == "owner" and who in ("coordinator", "superuser")
    allowed = who == part or stands_in

    for state in ApplicationState:
        put(application, state=state, open_key="x", expires_at=timezone.now() + TOMORROW, thesis=None)
        count = application.steps.count()
        if allowed and state in starts:
            moved = act(verb, application, people[who])
            assert (moved.state, moved.steps.count()) == (to, count + 1)
            assert moved.open_key == ("x" if to in OPEN else None)
        else:
            kind = (
                NotFound if who in ("supervisor", "other_student", "outsider") else Conflict if allowed else Forbidden
            )
            with pytest.raises(kind) as refused:
                act(verb, application, people[who])
            codes = {NotFound: "not_found", Conflict: "wrong_state", Forbidden: "wrong_role"}
            assert refused.value.code == codes[kind]
            assert application.steps.count() == count
        application = Application.objects.get()


def test_coordinator_acts_for_an_owner_with_a_reason(institute, grace):
    with pytest.raises(Invalid) as refused:
        applications.shortlist(application=institute.application(), by=grace)

    assert refused.value.code == "reason_missing"


def test_nobody_accepts_or_withdraws_for_a_student(institute, grace, root):
    application = institute.offered()

    for verb, by in product(("accept", "withdraw"), (grace, root)):
        with pytest.raises(Forbidden, match="Only a student may do this"):
            act(verb, application, by)


# Handing in


def test_application_for_a_topic_starts_its_history(institute, alice, bob):
    application = institute.application()

    (step,) = application.steps.all()
    assert (step.n, step.from_state, step.to_state, step.actor) == (1, "", "submitted", alice)
    assert history.verify(application) is None
    assert application.title == application.topic.title
    assert application.expires_at.date() == (timezone.now() + timedelta(weeks=8)).date()
    told = Notification.objects.values_list("user__username", "kind", "reason")
    assert list(told) == [("bob", "application.step", "application.owner")]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"state": "draft"}, None),
        ({"state": "closed"}, "topic_not_open"),
        ({"state": "filled"}, "topic_not_open"),
        ({"deadline": timezone.now().date() - timedelta(days=2)}, "deadline_passed"),
        ({"kinds": ",bachelor,"}, "wrong_kind"),
    ],
)
def test_topic_that_is_not_open_takes_no_application(institute, alice, values, code):
    topic = put(institute.topic(), **values)

    with pytest.raises(DigiError) as refused:
        institute.application(topic)

    assert refused.value.code == (code or "not_found")
    assert not Application.objects.exists()


def test_full_topic_takes_no_application_but_an_offered_one_does(institute, alice, dave):
    topic = institute.topic(capacity=1)
    offered = institute.offered(topic)
    institute.application(topic, by=dave)
    applications.withdraw(application=Application.objects.get(student=dave), by=dave)
    applications.accept(application=offered, by=alice)
    topic.refresh_from_db()
    put(topic, state=TopicState.OPEN)

    with pytest.raises(Conflict) as refused:
        institute.application(topic, by=dave)

    assert refused.value.code == "topic_full"


def test_one_open_application_a_topic(institute, alice):
    topic = institute.topic()
    first = institute.application(topic)

    with pytest.raises(Conflict) as refused:
        institute.application(topic)
    applications.withdraw(application=first, by=alice)
    again = institute.application(topic)

    assert refused.value.code == "already_applied"
    assert again.pk != first.pk


def test_own_title_asks_a_supervisor(institute, programme, alice, bob, carol, heidi):
    asked = {"programme": programme, "by": alice, "kind": "bachelor", "title": "My own"}
    application = applications.apply_with_title(supervisor=bob, **asked)

    assert applications.owners(application) == [bob]
    with pytest.raises(Conflict):
        applications.apply_with_title(supervisor=bob, **asked)
    with pytest.raises(Invalid) as refused:
        applications.apply_with_title(supervisor=carol, **asked)
    assert refused.value.code == "no_supervisor"
    with pytest.raises(NotFound):
        applications.shortlist(application=application, by=heidi)
    accepted = applications.accept(application=applications.offer(application=application, by=bob), by=alice)
    assert accepted.thesis.title == "My own"


def test_only_students_of_the_department_apply(institute, programme, bob, heidi, erin, somebody):
    topic = institute.topic()

    with pytest.raises(Forbidden) as refused:
        institute.application(topic, by=heidi)
    with pytest.raises(NotFound):
        institute.application(topic, by=erin)
    with pytest.raises(NotFound):
        applications.apply_with_title(programme=programme, title="Mine", supervisor=bob, by=erin, kind="master")

    assert refused.value.message == "Only students of the department apply."


# The steps


def test_interview_offers_times_and_the_student_picks_one(institute, alice, bob, dave, grace):
    application = applications.shortlist(application=institute.application(), by=bob)
    first, second = timezone.now() + TOMORROW, timezone.now() + 2 * TOMORROW
    application = applications.invite(application=application, by=bob, slots=[Slot(first, "2.014"), Slot(second)])
    early, late = application.slots.all()

    applications.pick(application=application, slot=early, by=alice)
    applications.pick(application=application, slot=late, by=alice)

    assert list(application.slots.values_list("picked", flat=True)) == [False, True]
    for by, kind in ((dave, NotFound), (bob, Forbidden), (grace, Forbidden)):
        with pytest.raises(kind):
            applications.pick(application=application, slot=early, by=by)
    put(early, starts_at=timezone.now() - TOMORROW)
    with pytest.raises(Conflict):
        applications.pick(application=application, slot=early, by=alice)
    picked = [one.facts["verb"] for one in Notification.objects.filter(user=bob).order_by("number")]
    assert picked == ["apply", "pick", "pick"]


@pytest.mark.parametrize(
    ("slots", "code"),
    [
        ([], "slots_missing"),
        ([Slot(timezone.now() - TOMORROW)], "date_passed"),
        ([Slot(timezone.now() + timedelta(hours=n)) for n in range(1, 22)], "slots"),
    ],
)
def test_interview_needs_times_ahead(institute, bob, slots, code):
    application = applications.shortlist(application=institute.application(), by=bob)

    with pytest.raises(Invalid) as refused:
        applications.invite(application=application, by=bob, slots=slots)

    assert refused.value.code == code
    assert not InterviewSlot.objects.exists()


def test_offers_go_no_further_than_the_places(institute, alice, dave, bob):
    topic = institute.topic(capacity=1)
    second = institute.application(topic, by=dave)
    institute.offered(topic)

    with pytest.raises(Conflict) as refused:
        applications.offer(application=second, by=bob)

    assert refused.value.message == "Every place of this topic is offered or taken."


def test_offer_stands_for_the_programmes_days(institute, programme, alice, bob):
    put(programme, offer_days=3)
    application = institute.offered()
    left = application.expires_at - timezone.now()

    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)
    put(application, expires_at=timezone.now())
    with pytest.raises(Conflict, match="The offer has expired"):
        applications.accept(application=application, by=alice)
    assert not Thesis.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"rejection": ""}, "rejection_missing"),
        ({"rejection": "dislike"}, "rejection_missing"),
        ({"rejection": "other", "reason": ""}, "reason_missing"),
    ],
)
def test_rejection_is_typed(institute, bob, given, code):
    application = institute.application()

    with pytest.raises(Invalid) as refused:
        applications.reject(application=application, by=bob, **given)

    assert refused.value.code == code


def test_rejection_keeps_the_title_whatever_becomes_of_the_topic(institute, alice, bob):
    application = institute.application(institute.topic(title="Stalled viewers"))
    topics.change(topic=application.topic, by=bob, title="Something else")
    Notification.objects.all().delete()

    applications.reject(application=application, by=bob, rejection="taken")

    told = Notification.objects.get()
    assert (told.user, told.title) == (alice, "Stalled viewers")
    assert told.facts == {"verb": "reject", "rejection": "taken"}


def test_other_version_than_the_present_one_is_stale(institute, bob):
    application = institute.application()

    with pytest.raises(Stale):
        applications.offer(application=application, by=bob, version=application.version + 1)


def test_verbs_say_what_keeps_one_from_them(institute, alice, bob, dave):
    topic = institute.topic(capacity=1)
    application = institute.application(topic, by=dave)
    institute.offered(topic)

    of_owner = {one.verb: (one.reason, one.needs) for one in applications.verbs(application=application, by=bob)}

    assert of_owner == {
        "shortlist": ("", ()),
        "offer": ("Every place of this topic is offered or taken.", ()),
        "reject": ("", ("rejection",)),
        "withdraw": ("Only a student may do this.", ()),
    }
    with pytest.raises(NotFound):
        applications.verbs(application=application, by=alice)


# What an accepted offer makes


def test_accepted_offer_makes_the_thesis_its_members_and_their_rooms(institute, alice, bob, heidi, programme):
    application = institute.offered(institute.topic(owners=[heidi]))

    accepted = applications.accept(application=application, by=alice)

    thesis = accepted.thesis
    assert (thesis.title, thesis.state, thesis.programme) == (application.title, "draft", programme)
    members = thesis.members.order_by("pk").values_list("user__username", "role")
    assert list(members) == [
        ("alice", MemberRole.STUDENT),
        ("bob", MemberRole.SUPERVISOR),
        ("heidi", MemberRole.CO_SUPERVISOR),
    ]
    pairs = {frozenset(room.memberships.values_list("user__username", flat=True)) for room in Room.objects.all()}
    assert pairs == {frozenset({"alice", "bob"}), frozenset({"alice", "heidi"})}
    assert (history.verify(thesis), history.verify(accepted)) == (None, None)
    assert accepted.steps.order_by("n").last().details == {"thesis": str(thesis.uuid)}
    accepted.topic.refresh_from_db()
    assert accepted.topic.state == TopicState.FILLED
    actions = AuditEvent.objects.order_by("n").values_list("action", flat=True)
    assert {"application.accept", "thesis.opened", "thesis.member_joined", "room.opened"} <= set(actions)


def test_room_that_the_two_have_already_is_theirs(institute, alice, bob):
    from chat.services import rooms

    room, _ = rooms.open_pair(by=alice, other=bob)

    applications.accept(application=institute.offered(), by=alice)

    assert list(Room.objects.all()) == [room]


@pytest.mark.django_db(transaction=True)
def test_double_click_on_accept_makes_one_thesis(institute, alice):
    application = institute.offered()

    answers = at_once(3, lambda _n: applications.accept(application=application, by=alice).state)

    assert sorted(answers) == ["accepted", "wrong_state", "wrong_state"]
    assert (Thesis.objects.count(), Room.objects.count()) == (1, 1)
    assert history.verify(Application.objects.get()) is None


@pytest.mark.django_db(transaction=True)
def test_two_offers_at_the_same_moment_share_one_place(institute, alice, dave, bob):
    topic = institute.topic(capacity=1)
    both = [institute.application(topic, by=student) for student in (alice, dave)]

    answers = at_once(2, lambda n: applications.offer(application=both[n], by=bob).state)

    assert sorted(answers) == ["blocked", "offered"]


@pytest.mark.django_db(transaction=True)
def test_applying_twice_at_the_same_moment_is_once(institute, alice):
    topic = institute.topic()

    answers = at_once(2, lambda _n: institute.application(topic).state)

    assert sorted(answers) == ["already_applied", "submitted"]
    assert ApplicationStep.objects.count() == 1


def at_once(count: int, work) -> list[str]:
    """What so many threads answer, or the codes of what refused them."""
    gate, answers = threading.Barrier(count, timeout=10), []

    def run(n: int) -> None:
        try:
            gate.wait()
            answers.append(str(work(n)))
        except DigiError as error:
            answers.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_students_of_another_department_find_nothing(institute, person):
    from tests.factories import AffiliationFactory

    stranger = AffiliationFactory(user=person("mallory"), role=Role.STUDENT).user

    with pytest.raises(NotFound):
        institute.application(institute.topic(), by=stranger)
