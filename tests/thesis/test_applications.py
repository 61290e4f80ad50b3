"""Applications: who may hand one in, every verb by every part, what an accepted offer makes, and races."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from digi.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from digi.notifications.models import Notification
from tests.thesis.making import put
from thesis.models import Application, InterviewSlot, Thesis
from thesis.services import applications, topics
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
