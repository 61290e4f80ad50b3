"""The editor of a topic, and who may use it."""

import pytest

from digi.accounts.models import Role
from tests.factories import AffiliationFactory
from thesis.models import Programme, Topic
from thesis.services import topics

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(bob, programme):
    """What the editor's form sends."""
    return {
        "programme": str(programme.uuid),
        "title": "Stalled viewers",
        "body": "Why they *stall*.",
        "tags": "video, Streams",
        "capacity": "2",
        "owners": [str(bob.uuid)],
    }


def test_supervisor_makes_a_draft_and_opens_it(client_for, bob, sent):
    client = client_for(bob)

    made = client.post("/topics/new/", sent)
    topic = Topic.objects.get()
    moved = client.post(f"/topics/{topic.uuid}/move/", {"to": "open"})

    assert made.url == moved.url == f"/topics/{topic.uuid}/"
    topic.refresh_from_db()
    assert (topic.title, topic.state, topic.capacity, topic.tag_list) == (
        "Stalled viewers",
        "open",
        2,
        ["video", "streams"],
    )
    assert list(topic.owners.all()) == [bob]


@pytest.mark.parametrize("who", ["alice", "carol", "erin"])
def test_others_offer_no_topic(request, client_for, sent, who):
    client = client_for(request.getfixturevalue(who))

    assert client.get("/topics/new/").status_code == 403
    assert client.post("/topics/new/", sent).status_code == 403
    assert not Topic.objects.exists()


def test_supervisor_elsewhere_offers_nothing_here(client_for, erin, sent):
    office = AffiliationFactory(user=erin, role=Role.SUPERVISOR)
    Programme.objects.create(department=office.department, name="Elsewhere")

    answer = client_for(erin).post("/topics/new/", sent)

    assert answer.status_code == 422
    assert not Topic.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("alice", 403), ("heidi", 403), ("erin", 404), ("bob", 200), ("grace", 200)]
)
def test_topic_is_edited_by_owners_and_coordinators_alone(request, institute, client_for, who, status):
    topic = institute.topic()
    client = client_for(request.getfixturevalue(who))

    assert client.get(f"/topics/{topic.uuid}/edit/").status_code == status
    if status != 200:
        assert client.post(f"/topics/{topic.uuid}/edit/", {"title": "Mine now"}).status_code == status
        assert client.post(f"/topics/{topic.uuid}/move/", {"to": "closed"}).status_code == status
        topic.refresh_from_db()
        assert (topic.title, topic.state) == ("Stalled viewers", "open")


def test_former_owner_edits_no_more(institute, client_for, bob, heidi):
    topic = institute.topic(owners=[heidi])
    topics.give(topic=topic, by=bob, owners=[bob])

    assert client_for(heidi).get(f"/topics/{topic.uuid}/edit/").status_code == 403


def test_preview_shows_the_text_and_keeps_nothing(client_for, bob, sent):
    answer = client_for(bob).post("/topics/new/", sent | {"title": "", "preview": "1"})
    html = answer.content.decode()

    assert answer.status_code == 200
    assert "<p>Why they <em>stall</em>.</p>" in html
    assert "Why they *stall*.</textarea>" in html
    assert not Topic.objects.exists()


def test_errors_keep_what_was_typed(client_for, bob, sent):
    answer = client_for(bob).post("/topics/new/", sent | {"capacity": "0"})

    assert answer.status_code == 422
    assert "Why they *stall*.</textarea>" in answer.content.decode()
    assert 'id="topic-form"' in answer.content.decode()


def test_conflict_shows_both_texts_and_a_second_sending_is_a_choice(institute, client_for, bob, sent):
    topic = institute.topic()
    seen = topic.version
    topics.change(topic=topic, by=bob, body="Theirs.")
    client, address = client_for(bob), f"/topics/{topic.uuid}/edit/"

    answer = client.post(address, sent | {"version": seen})
    html = answer.content.decode()
    topic.refresh_from_db()
    again = client.post(address, sent | {"version": topic.version})

    assert answer.status_code == 422
    assert "<p>Theirs.</p>" in html
    assert "Why they *stall*.</textarea>" in html
    assert f'name="version" value="{topic.version}"' in html
    assert again.status_code == 302
    topic.refresh_from_db()
    assert topic.body == "Why they *stall*."


def test_owners_are_added_and_a_stranger_is_not(institute, client_for, bob, heidi, erin, sent):
    topic = institute.topic()
    client, address = client_for(bob), f"/topics/{topic.uuid}/edit/"
    people = [str(bob.uuid), str(heidi.uuid)]

    wrong = client.post(address, sent | {"owners": [*people, str(erin.uuid)]})
    right = client.post(address, sent | {"owners": people})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert set(topic.owners.all()) == {bob, heidi}
