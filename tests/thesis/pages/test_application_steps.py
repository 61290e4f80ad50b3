"""One application as its student and those who decide see it, and what they do with it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from digi.files.models import DOCUMENT
from digi.files.services import storage
from tests.chat.reading import words
from tests.thesis.making import put
from thesis.models import Thesis
from thesis.services import applications, topics
from thesis.services.applications import Slot

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(days=3)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path


@pytest.fixture
def page(client_for, application):
    """The application's page, or another one of the area: `page(bob)`, `page(bob, "?state=any")`."""
    return lambda user, path=None: client_for(user).get(
        f"/applications/{application.uuid}/" if path is None else f"/applications/{path}"
    )


@pytest.fixture
def act(client_for, application):
    """Do something with the application: `act(bob, "reject", rejection="taken")`."""

    def do(user, verb, **given):
        application.refresh_from_db()
        version = given.pop("version", application.version)
        sent = {"verb": verb, "version": version, **given}
        answer = client_for(user).post(f"/applications/{application.uuid}/", sent)
        application.refresh_from_db()
        return answer

    return do


# Who sees it


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("alice", 200),
        ("bob", 200),
        ("grace", 200),
        ("root", 200),
        ("erin", 404),
        ("dave", 404),
        ("heidi", 404),
        ("carol", 404),
    ],
)
def test_application_is_seen_by_its_student_and_those_who_decide(request, page, who, status):
    user = request.getfixturevalue(who)

    assert page(user).status_code == status
    assert ("Stalled viewers" in words(page(user, "?state=any"))) == (status == 200)


def test_former_owner_sees_and_decides_nothing(page, act, application, bob, heidi):
    topics.give(topic=application.topic, by=bob, owners=[bob, heidi])
    seen = page(heidi).status_code
    topics.give(topic=application.topic, by=bob, owners=[bob])

    assert (seen, page(heidi).status_code, act(heidi, "shortlist").status_code) == (200, 404, 404)
    assert application.state == "submitted"


@pytest.mark.parametrize(("who", "status"), [("bob", 200), ("alice", 200), ("erin", 404), ("dave", 404)])
def test_curriculum_vitae_opens_for_those_alone(request, application, page, alice, who, status):
    told = {"name": "cv.pdf", "media_type": "application/pdf", "content": b"%PDF-1.7"}
    put(application, cv_file=storage.store(owner=alice, purpose=DOCUMENT, **told))

    answer = page(request.getfixturevalue(who), f"{application.uuid}/cv/")

    assert answer.status_code == status
    if status == 200:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="cv.pdf"'
        assert b"".join(answer.streaming_content) == b"%PDF-1.7"


def test_application_without_a_file_has_none_to_open(page, application, bob):
    assert page(bob, f"{application.uuid}/cv/").status_code == 404


# What is done with one


def test_page_offers_what_the_part_may_do(page, alice, bob):
    student, owner = words(page(alice)), words(page(bob))

    assert "Withdraw the application" in student
    assert "Turn down" not in student
    assert "Shortlist" in owner
    assert "Turn down" in owner
    assert "Take the offer" not in owner


def test_way_from_the_list_to_the_thesis(page, act, application, alice, bob):
    act(bob, "shortlist")
    at = f"{LATER.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M}"
    act(bob, "interview", at_1=at, place="Room 2.014")
    slot = application.slots.get()
    asked = words(page(alice))
    act(alice, "pick", slot=str(slot.uuid))
    picked = words(page(bob))
    act(bob, "offer", reason="Gladly.")
    offered = words(page(alice))
    answer = act(alice, "accept")

    assert "Room 2.014 Choose" in asked
    assert "Room 2.014 chosen" in picked
    assert "The place is yours if you take it by" in offered
    assert answer.status_code == 302
    assert application.state == "accepted"
    assert f'href="/theses/{Thesis.objects.get().uuid}/"' in page(alice).content.decode()


def test_times_are_in_the_persons_zone(page, application, alice, bob):
    put(alice, time_zone="Asia/Tokyo")
    put(application, state="shortlisted")
    at = (LATER + timedelta(days=2)).replace(hour=12, minute=30, second=0, microsecond=0)
    applications.invite(application=application, by=bob, slots=[Slot(at)])

    text = words(page(alice))

    assert "times in Asia/Tokyo" in text
    assert "21:30" in text


def test_times_are_read_in_the_persons_zone(act, application, bob):
    put(bob, time_zone="Asia/Tokyo")
    put(application, state="shortlisted")
    day = (LATER + timedelta(days=2)).date()

    act(bob, "interview", at_2=f"{day}T21:30")

    assert f"{application.slots.get().starts_at:%Y-%m-%d %H:%M}" == f"{day} 12:30"


@pytest.mark.parametrize("given", [{}, {"at_1": "2020-01-01T10:00"}, {"at_1": "nonsense"}])
def test_invitation_without_a_time_ahead_keeps_what_was_typed(act, application, bob, given):
    put(application, state="shortlisted")

    answer = act(bob, "interview", place="Room 2.014", **given)

    assert answer.status_code == 422
    assert 'value="Room 2.014"' in answer.content.decode()
    assert application.state == "shortlisted"


def test_rejection_needs_a_reason_from_the_list_and_shows_it(page, act, application, alice, bob):
    refused = act(bob, "reject", reason="Some words.")
    wordless = act(bob, "reject", rejection="other")
    act(bob, "reject", rejection="taken", reason="Some words.")

    assert (refused.status_code, wordless.status_code) == (422, 422)
    assert "Some words.</textarea>" in refused.content.decode()
    assert application.state == "rejected"
    assert "The topic has been given to somebody else." in words(page(alice))


def test_coordinator_says_why_they_act_for_the_owner(act, application, grace):
    silent = act(grace, "shortlist").status_code
    spoken = act(grace, "shortlist", reason="Bob is ill.").status_code

    assert (silent, spoken) == (422, 302)


def test_step_that_somebody_took_before_gives_the_words_back(act, application, bob):
    applications.withdraw(application=application, by=application.student)

    answer = act(bob, "reject", rejection="taken", reason="Many words.")

    assert answer.status_code == 422
    assert "The application is in the state “Withdrawn”" in words(answer)
    assert "Many words." in words(answer)


def test_version_that_is_old_keeps_the_words_and_can_be_sent_again(act, application, bob):
    seen = application.version
    applications.shortlist(application=application, by=bob)

    stale = act(bob, "offer", version=seen, reason="Gladly.")
    again = act(bob, "offer", reason="Gladly.")

    assert stale.status_code == 422
    assert "Gladly.</textarea>" in stale.content.decode()
    assert f'name="version" value="{seen + 1}"' in stale.content.decode()
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("who", "verb"), [("alice", "offer"), ("alice", "reject"), ("bob", "withdraw"), ("bob", "accept")]
)
def test_nobody_takes_the_others_steps(request, act, application, who, verb):
    act(request.getfixturevalue(who), verb, rejection="taken")

    assert application.state == "submitted"


def test_owner_picks_no_time_and_a_strangers_time_is_none(act, institute, application, alice, bob, dave):
    put(application, state="shortlisted")
    applications.invite(application=application, by=bob, slots=[Slot(LATER)])
    other = put(institute.application(institute.topic(title="Other"), by=dave), state="shortlisted")
    applications.invite(application=other, by=bob, slots=[Slot(LATER)])

    act(bob, "pick", slot=str(application.slots.get().uuid))
    act(alice, "pick", slot=str(other.slots.get().uuid))
    act(alice, "pick", slot="nonsense")

    assert not application.slots.get().picked
    assert not other.slots.get().picked
