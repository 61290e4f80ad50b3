"""The list of applications as their students and those who decide see it, and many at once."""

import pytest

from tests.chat.reading import words
from tests.thesis.pages.asking import costs
from thesis.models import Application
from thesis.services import applications

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client_for, application):
    """The list with an application in it: `page(bob, "")`, `page(bob, "?state=any")`."""
    return lambda user, query: client_for(user).get(f"/applications/{query}")


# The list


def test_inbox_shows_who_applied_for_what(page, bob):
    text = words(page(bob, ""))

    assert "Alice Stalled viewers Submitted" in text
    assert "No application is open" in text


def test_students_own_list_shows_only_theirs(page, institute, application, alice, dave):
    institute.application(institute.topic(title="Key rotation"), by=dave)

    text = words(page(alice, ""))

    assert "Stalled viewers Submitted" in text
    assert "Key rotation" not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Alice"}),
        ("?q=dav&state=any", {"Dave"}),
        ("?state=rejected", {"Dave"}),
        ("?state=any", {"Alice", "Dave"}),
        ("?state=nonsense&topic=nonsense&page=nonsense", {"Alice"}),
    ],
)
def test_inbox_is_narrowed(institute, page, application, bob, dave, query, found):
    other = institute.application(institute.topic(title="Key rotation"), by=dave)
    applications.reject(application=other, by=bob, rejection="taken")

    text = words(page(bob, query))

    assert {name for name in ("Alice", "Dave") if f"{name} " in text.split("Any topic")[1]} == found


def test_inbox_of_one_topic(institute, page, application, bob, dave):
    topic = institute.topic(title="Key rotation")
    institute.application(topic, by=dave)

    text = words(page(bob, f"?topic={topic.uuid}"))

    assert "Dave Key rotation Submitted" in text
    assert "Alice Stalled viewers Submitted" not in text


def test_inbox_asks_the_database_no_more_for_three_than_for_one(institute, application, client_for, bob, dave, person):
    one = costs(client_for(bob), "/applications/")
    institute.application(application.topic, by=dave)
    institute.application(institute.topic(title="Key rotation"), by=dave)

    assert costs(client_for(bob), "/applications/") == one


def test_page_asks_the_database_no_more_for_three_in_the_list(institute, application, client_for, bob, dave):
    address = f"/applications/{application.uuid}/"
    one = costs(client_for(bob), address)
    institute.application(application.topic, by=dave)
    institute.application(institute.topic(title="Key rotation"), by=dave)

    assert costs(client_for(bob), address) == one


# Many at once


@pytest.fixture
def many(client_for):
    """Decide on many at once: `many(bob, "reject", [application], sure="1", rejection="taken")`."""

    def do(user, verb, chosen, **given):
        ids = [str(one.uuid) for one in chosen]
        return client_for(user).post("/applications/many/", {"act": verb, "application": ids, **given})

    return do


@pytest.fixture
def three(institute, application, alice, dave, bob):
    """One that waits, one that is shortlisted, one that was turned down."""
    listed = institute.application(application.topic, by=dave)
    applications.shortlist(application=listed, by=bob)
    gone = institute.application(institute.topic(title="Gone"), by=dave)
    applications.reject(application=gone, by=bob, rejection="closed")
    return [application, listed, gone]


def states(rows) -> list[str]:
    return [Application.objects.get(pk=row.pk).state for row in rows]


def test_question_says_what_would_happen_and_does_nothing(many, three, bob):
    text = words(many(bob, "shortlist", three))

    assert "Shortlist 1 application?" in text
    assert "Dave , Stalled viewers: The application is in the state “Shortlisted”" in text
    assert "Dave , Gone: The application is in the state “Rejected”" in text
    assert states(three) == ["submitted", "shortlisted", "rejected"]


def test_many_are_turned_down_and_the_list_tells_of_each_that_was_not(client_for, many, three, bob):
    answer = many(
        bob, "reject", three, sure="1", rejection="no_capacity", reason="So many.", next="/applications/?state=any"
    )
    client = client_for(bob)
    done = many(bob, "reject", three[:1], sure="1", rejection="taken")

    assert answer.url == "/applications/?state=any"
    assert states(three) == ["rejected"] * 3
    assert {Application.objects.get(pk=row.pk).rejection for row in three[:2]} == {"no_capacity"}
    assert done.status_code == 422
    assert client.get("/applications/").status_code == 200


def test_outcome_is_told_once(client_for, three, bob):
    client = client_for(bob)
    ids = [str(one.uuid) for one in three]

    client.post("/applications/many/", {"act": "shortlist", "application": ids, "sure": "1"})
    first, second = words(client.get("/applications/")), words(client.get("/applications/"))

    assert "1 application shortlisted. Left as they were:" in first
    assert "Dave , Gone: The application is in the state “Rejected”" in first
    assert "Left as they were" not in second


def test_many_need_a_reason_and_keep_the_words(many, three, bob):
    missing = many(bob, "reject", three, sure="1", reason="So many.")
    other = many(bob, "reject", three, sure="1", rejection="other")

    assert (missing.status_code, other.status_code) == (422, 422)
    assert "So many.</textarea>" in missing.content.decode()
    assert states(three) == ["submitted", "shortlisted", "rejected"]


def test_coordinator_says_why_for_many(many, three, grace):
    silent = many(grace, "shortlist", three, sure="1").status_code
    spoken = many(grace, "shortlist", three, sure="1", reason="Bob is ill.").status_code

    assert (silent, spoken) == (422, 302)


@pytest.mark.parametrize("who", ["erin", "heidi", "dave", "alice"])
def test_others_decide_on_none_of_them(request, many, three, who):
    answer = many(request.getfixturevalue(who), "reject", three, sure="1", rejection="taken")

    assert answer.status_code == 422
    assert states(three) == ["submitted", "shortlisted", "rejected"]


@pytest.mark.parametrize(
    ("given", "status"), [({"act": "offer"}, 400), ({"application": ["nonsense"]}, 200), ({"application": []}, 200)]
)
def test_nonsense_for_many_is_answered_in_words(client_for, application, bob, given, status):
    sent = {"act": "reject", "application": [str(application.uuid)]} | given

    assert client_for(bob).post("/applications/many/", sent).status_code == status


def test_way_back_leads_to_no_other_host(many, three, bob):
    answer = many(bob, "shortlist", three, sure="1", next="//evil.example/")

    assert answer.url == "/applications/"
