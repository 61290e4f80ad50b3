"""The list of topics, one of them, and hearing of new ones."""

from datetime import timedelta

import pytest

from digi.accounts.models import Affiliation
from tests.chat.reading import words
from tests.thesis.making import put
from tests.thesis.pages.asking import costs
from thesis import days
from thesis.models import Programme, Topic, TopicSubscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client_for):
    return lambda user, query="": client_for(user).get(f"/topics/{query}")


# The list


def test_list_shows_open_topics_with_places_owners_and_tags(institute, page, alice):
    institute.topic(title="Stalled viewers", capacity=2, tags=["video"])
    institute.topic(title="A hidden draft", is_open=False)

    answer = page(alice)
    text = words(answer)

    assert "no-store" in answer.headers["Cache-Control"]
    assert "Stalled viewers Bob · Informatics · video 2 of 2 free – Open" in text
    assert "A hidden draft" not in text
    assert "New topic" not in text


def test_outsider_sees_no_topic(institute, page, erin, alice):
    topic = institute.topic()

    assert "No open topics" in words(page(erin))
    assert page(erin, f"{topic.uuid}/").status_code == 404


def test_former_student_of_the_department_sees_no_topic(institute, page, dave):
    topic = institute.topic()
    Affiliation.objects.filter(user=dave).delete()

    assert "Stalled viewers" not in words(page(dave))
    assert page(dave, f"{topic.uuid}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=stalled", {"Stalled viewers"}),
        ("?q=VIDEO", {"Stalled viewers"}),
        ("?tag=chat", {"Key rotation"}),
        ("?kind=bachelor", {"Key rotation", "For any kind"}),
        ("?free=on", {"Key rotation", "For any kind"}),
        ("?show=all", {"Stalled viewers", "Key rotation", "For any kind", "Closed one"}),
        (
            "?show=nonsense&kind=nonsense&programme=nonsense&page=99",
            {"Stalled viewers", "Key rotation", "For any kind"},
        ),
    ],
)
def test_list_is_narrowed(institute, page, alice, dave, query, found):
    full = institute.topic(title="Stalled viewers", kinds=["master"], tags=["video"])
    institute.offered(full, by=dave)
    institute.topic(title="Key rotation", kinds=["bachelor"], tags=["chat"])
    institute.topic(title="For any kind")
    put(institute.topic(title="Closed one", kinds=["master"]), state="closed")

    text = words(page(alice, query))

    titles = {"Stalled viewers", "Key rotation", "For any kind", "Closed one"}
    assert {title for title in titles if title in text} == found


def test_programme_narrows_the_list_and_offers_to_tell(institute, department, page, alice, client_for):
    other = Programme.objects.create(department=department, name="Design")
    institute.topic()
    address = f"?programme={other.uuid}"

    before = words(page(alice, address))
    answer = client_for(alice).post(
        "/topics/subscriptions/", {"programme": other.uuid, "tag": "", "next": f"/topics/{address}"}
    )

    assert "Stalled viewers" not in before
    assert "Tell me of new topics of Design" in before
    assert answer.url == f"/topics/{address}"
    assert "You hear of new topics of Design." in words(page(alice, address))


def test_own_topics_and_drafts_are_found_by_their_owner_alone(institute, page, bob, heidi):
    institute.topic(title="Mine", is_open=False)

    assert "Mine Bob" in words(page(bob, "?show=drafts"))
    assert "Mine Bob" in words(page(bob, "?show=mine"))
    assert "Mine Bob" not in words(page(heidi, "?show=drafts"))
    assert "Mine Bob" not in words(page(heidi, "?show=all"))


def test_list_has_pages(institute, page, alice):
    first = institute.topic(title="The oldest of them")
    Topic.objects.bulk_create([Topic(programme=first.programme, title=f"Topic {n}", state="open") for n in range(25)])

    assert "Page 1 of 2" in words(page(alice, "?q=o"))
    assert "The oldest of them" in words(page(alice, "?q=o&page=2"))
    assert 'href="?q=o&amp;page=2"' in page(alice, "?q=o").content.decode()


def test_list_asks_the_database_no_more_for_three_topics_than_for_one(institute, client_for, alice):
    institute.topic()
    one = costs(client_for(alice), "/topics/")
    for n in (2, 3):
        institute.topic(title=f"Topic {n}", tags=["video"])

    assert costs(client_for(alice), "/topics/") == one


# One topic


def test_topic_shows_its_text_as_safe_html(institute, page, alice):
    topic = institute.topic(body="Why they **stall** <script>alert(1)</script>", requirements="- C\n- patience")

    html = page(alice, f"{topic.uuid}/").content.decode()

    assert "<strong>stall</strong>" in html
    assert "<script>alert" not in html
    assert "<li>patience</li>" in html


def test_student_is_led_to_apply_and_others_are_told_who_may(institute, page, alice, heidi):
    topic = institute.topic()
    way = f'href="/topics/{topic.uuid}/apply/"'

    assert way in page(alice, f"{topic.uuid}/").content.decode()
    assert way not in page(heidi, f"{topic.uuid}/").content.decode()
    assert "Students of the department apply here." in words(page(heidi, f"{topic.uuid}/"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "closed"}, "The topic is not open."),
        ({"deadline": days.today() - timedelta(days=1)}, "The deadline of the topic has passed."),
    ],
)
def test_topic_says_why_nobody_can_apply(institute, page, alice, change, sentence):
    topic = put(institute.topic(), **change)

    answer = page(alice, f"{topic.uuid}/")

    assert sentence in words(answer)
    assert "/apply/" not in answer.content.decode()


def test_topic_that_one_has_applied_for_leads_to_the_application(institute, page, alice):
    topic = institute.topic()
    application = institute.application(topic)

    html = page(alice, f"{topic.uuid}/").content.decode()

    assert f'href="/applications/{application.uuid}/"' in html
    assert "/apply/" not in html


# Hearing of new ones


def test_subscriptions_are_added_and_ended_by_their_person(client_for, programme, alice, dave):
    client = client_for(alice)

    client.post("/topics/subscriptions/", {"programme": programme.uuid, "tag": "Video"})
    mine = TopicSubscription.objects.get()
    shown = words(client.get("/topics/subscriptions/"))
    strange = client_for(dave).post(f"/topics/subscriptions/{mine.uuid}/end/")
    client.post(f"/topics/subscriptions/{mine.uuid}/end/")

    assert "Informatics · video No longer" in shown
    assert strange.status_code == 404
    assert not TopicSubscription.objects.exists()


def test_outsider_subscribes_to_nothing(client_for, programme, erin):
    answer = client_for(erin).post("/topics/subscriptions/", {"programme": programme.uuid})

    assert answer.status_code == 422
    assert not TopicSubscription.objects.exists()


def test_way_back_after_subscribing_leads_to_no_other_host(client_for, programme, alice):
    answer = client_for(alice).post(
        "/topics/subscriptions/", {"programme": programme.uuid, "next": "//evil.example/topics/"}
    )

    assert answer.url == "/topics/subscriptions/"
