"""Topics: who offers, changes and sees them, and who hears of new ones."""

import pytest

from digi.accounts.models import Role
from digi.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from digi.notifications.models import Notification
from tests.thesis.making import put
from thesis.models import Topic, TopicState, TopicSubscription
from thesis.services import applications, topics

pytestmark = pytest.mark.django_db


def test_supervisors_and_coordinators_offer_topics(programme, alice, bob, carol, grace, root, erin):
    for by in (bob, grace, root):
        assert topics.create(programme=programme, by=by, title="T").state == TopicState.DRAFT
    for by in (alice, carol, erin):
        with pytest.raises(Forbidden):
            topics.create(programme=programme, by=by, title="T")


def test_draft_is_for_its_owners_and_open_topics_for_the_department(institute, alice, bob, heidi, grace, root, erin):
    topic = institute.topic(is_open=False)
    everybody = {"alice": alice, "bob": bob, "heidi": heidi, "grace": grace, "root": root, "erin": erin}

    def seen_by() -> set[str]:
        return {name for name, user in everybody.items() if Topic.objects.visible_to(user).exists()}

    assert seen_by() == {"bob", "grace", "root"}
    topics.move(topic=topic, to="open", by=bob)
    assert seen_by() == {"alice", "bob", "heidi", "grace", "root"}
    with pytest.raises(NotFound):
        topics.find(topic.uuid, erin)


def test_only_owners_change_a_topic(institute, bob, heidi, alice, grace, erin):
    topic = institute.topic(tags=["Video"])

    topics.change(topic=topic, by=bob, title="Other", tags=["Web, RTC", "video", "VIDEO"], kinds=["master"])
    topics.change(topic=topic, by=grace, capacity=3)
    for by, kind in ((heidi, Forbidden), (alice, Forbidden), (erin, NotFound)):
        with pytest.raises(kind):
            topics.change(topic=topic, by=by, title="Mine")
        with pytest.raises(kind):
            topics.move(topic=topic, to="closed", by=by)

    topic.refresh_from_db()
    assert (topic.title, topic.tag_list, topic.kind_list) == ("Other", ["web rtc", "video"], ["master"])
    assert list(Topic.objects.named("RTC oth")) == [topic]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"capacity": 0}, "no_places"),
        ({"kinds": ["novel"]}, "unknown_kind"),
        ({"tags": [f"a tag of some length, number {n}" for n in range(40)]}, "too_many_tags"),
        ({"state": "open"}, "unknown_field"),
    ],
)
def test_what_cannot_be_kept_is_refused(institute, bob, values, code):
    topic = institute.topic()

    with pytest.raises(Invalid) as refused:
        topics.change(topic=topic, by=bob, **values)

    assert refused.value.code == code


def test_topic_moves_along_its_steps_only(institute, bob):
    topic = institute.topic(is_open=False)

    for to in ("closed", "filled", "draft"):
        with pytest.raises(Conflict):
            topics.move(topic=topic, to=to, by=bob)
    for to in ("open", "closed", "open"):
        topic = topics.move(topic=topic, to=to, by=bob)
    with pytest.raises(Stale):
        topics.move(topic=topic, to="closed", by=bob, version=1)


def test_filled_topic_opens_with_another_place(institute, alice, bob):
    application = institute.offered(institute.topic(capacity=1))
    applications.accept(application=application, by=alice)
    topic = Topic.objects.get()
    assert topic.state == TopicState.FILLED

    closed = topics.move(topic=topic, to="closed", by=bob)
    assert topics.move(topic=closed, to="open", by=bob).state == TopicState.FILLED
    topic = topics.change(topic=Topic.objects.get(), by=bob, capacity=2)

    assert topic.state == TopicState.OPEN


def test_subscribers_hear_of_what_they_asked_for(institute, programme, alice, dave, carol, bob, erin, person):
    topics.subscribe(programme=programme, by=alice)
    topics.subscribe(programme=programme, by=alice)
    topics.subscribe(programme=programme, by=dave, tag="Video")
    topics.subscribe(programme=programme, by=carol, tag="chess")
    gone = person("gone")
    TopicSubscription.objects.create(user=gone, programme=programme)

    institute.topic(tags=["video"])

    told = Notification.objects.order_by("user__username").values_list("user__username", "kind")
    assert list(told) == [("alice", "topic.opened"), ("dave", "topic.opened")]
    assert TopicSubscription.objects.filter(user=alice).count() == 1


def test_subscription_is_its_owners_and_the_programmes_departments(programme, alice, dave, erin):
    subscription = topics.subscribe(programme=programme, by=alice)

    for by in (dave, erin):
        with pytest.raises(NotFound):
            topics.unsubscribe(subscription=subscription, by=by)
    with pytest.raises(NotFound):
        topics.subscribe(programme=programme, by=erin)
    topics.unsubscribe(subscription=subscription, by=alice)

    assert not TopicSubscription.objects.exists()


def test_owner_is_a_supervisor_of_the_department(institute, carol, bob):
    with pytest.raises(Invalid) as refused:
        institute.topic(owners=[carol])

    assert refused.value.code == "no_supervisor"


def test_owner_who_leaves_the_department_still_owns(institute, bob):
    topic = institute.topic()
    bob.affiliations.filter(role=Role.SUPERVISOR).delete()

    put(topic, state="draft")

    assert topics.find(topic.uuid, bob) == topic
