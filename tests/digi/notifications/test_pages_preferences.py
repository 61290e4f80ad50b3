"""What reaches a person and how, as a page; and how much they hear of one thing."""

from datetime import time

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from digi.notifications.models import Level, Mute, Watch
from digi.notifications.services import inboxes, wishes
from tests.digi.notifications.conftest import AUTHOR, GRADE, QUIET, REMARK, Thing
from tests.digi.notifications.reading import words

pytestmark = pytest.mark.django_db
PAGE = "/me/notifications/"


def given(user, **changed) -> dict:
    """The form as the page shows it, with some answers changed; `__` stands for the colon."""
    box = inboxes.inbox_of(user.pk)
    fields = {f"{kind}:{way}": at for kind, ways in wishes.preferences_of(user).items() for way, at in ways.items()}
    fields |= {"digest_hour": box.digest_hour, "digest_weekday": box.digest_weekday, "version": wishes.tag_of(user)}
    return fields | changed


def test_each_kind_is_a_group_with_its_own_name(page):
    shown = page.get(PAGE).content.decode()

    assert '<legend class="hidden">Remarks</legend>' in shown
    assert f'id="{REMARK.name}"' in shown
    assert f'for="id_{QUIET.name}:mail"' in shown
    assert f"{GRADE.name}:mail" not in shown
    assert "Always, and at once: Receipts for submissions, Grades." in words(page.get(PAGE))


def test_choices_and_hours_are_kept(page, alice):
    chosen = {f"{REMARK.name}:mail": "weekly", f"{REMARK.name}:browser": "off", "digest_weekday": 4}

    answer = page.post(PAGE, given(alice, **chosen, quiet_from="22:00", quiet_until="06:30", digest_hour=9))

    box = inboxes.inbox_of(alice.pk)
    assert answer.url == PAGE
    assert wishes.preferences_of(alice)[REMARK.name] == {"inbox": "instant", "mail": "weekly", "browser": "off"}
    assert (box.quiet_hours, box.digest_hour, box.digest_weekday) == ((time(22), time(6, 30)), 9, 4)


def test_quiet_hours_are_ended_by_empty_fields(page, alice):
    wishes.set_hours(user=alice, quiet=(time(22), time(6)), digest_hour=7, digest_weekday=0)

    page.post(PAGE, given(alice, quiet_from="", quiet_until=""))

    assert inboxes.inbox_of(alice.pk).quiet_hours is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"quiet_from": "22:00"}, "Quiet hours need a beginning and an end."),
        ({"digest_hour": "25"}, "Select a valid choice."),
        ({f"{REMARK.name}:browser": "daily"}, "Select a valid choice."),
    ],
)
def test_answer_that_makes_no_sense_comes_back_with_what_was_given(page, alice, changed, said):
    answer = page.post(PAGE, given(alice, **{f"{REMARK.name}:mail": "weekly"}, **changed))

    assert answer.status_code == 422
    assert said in words(answer)
    assert answer.context["form"][f"{REMARK.name}:mail"].value() == "weekly"
    assert wishes.preferences_of(alice)[REMARK.name]["mail"] == "instant"


def test_older_form_shows_what_stands_now_and_loses_neither(page, alice):
    older = given(alice, **{f"{REMARK.name}:mail": "weekly"})
    wishes.prefer(user=alice, kind=REMARK.name, timings={"mail": "off"})

    refused = page.post(PAGE, older)
    again = page.post(PAGE, older | {"version": refused.context["version"]})

    assert refused.status_code == 422
    assert "Remarks, E-mail: now “never”, yours “once a week”" in words(refused)
    assert refused.context["form"][f"{REMARK.name}:mail"].value() == "weekly"
    assert again.status_code == 302
    assert wishes.preferences_of(alice)[REMARK.name]["mail"] == "weekly"


def test_hours_that_were_changed_meanwhile_are_said_in_words(page, alice):
    older = given(alice, digest_weekday=2)
    wishes.set_hours(user=alice, quiet=(time(22), time(6)), digest_hour=7, digest_weekday=0)

    refused = words(page.post(PAGE, older))

    assert "Quiet from: now “22:00”, yours “–”" in refused
    assert "Weekly ones on: now “Monday”, yours “Wednesday”" in refused


def test_choices_of_one_person_are_nobody_elses(page, alice, erin):
    page.post(PAGE, given(alice, **{f"{REMARK.name}:mail": "off"}))

    assert wishes.preferences_of(erin)[REMARK.name]["mail"] == "instant"


# What is followed and muted.


def test_what_is_followed_and_muted_is_listed_and_removed(page, alice, tell, thing):
    tell()
    wishes.watch(user=alice, target=thing.name, level=Level.MENTIONS)
    wishes.mute(user=alice, reason=AUTHOR.name, target=thing.name)
    wishes.mute(user=alice, reason="mention")

    shown = words(page.get(PAGE))
    page.post(f"/watches/{thing.name}/", {"level": "", "next": PAGE})
    page.post(f"{PAGE}unmute/", {"reason": AUTHOR.name, "target": thing.name})
    page.post(f"{PAGE}unmute/", {"reason": "mention", "target": ""})

    assert "A thing Mentions only" in shown
    assert "because you wrote it A thing" in shown
    assert "because you are mentioned everywhere" in shown
    assert (Watch.objects.count(), Mute.objects.count()) == (0, 0)


def test_nobody_unmutes_for_others(client_for, alice, erin, thing):
    wishes.mute(user=alice, reason=AUTHOR.name, target=thing.name)

    client_for(erin).post(f"{PAGE}unmute/", {"reason": AUTHOR.name, "target": thing.name})

    assert Mute.objects.filter(user=alice).exists()


def test_preferences_ask_the_database_no_more_for_three_things_than_for_one(page, alice):
    page.get(PAGE)
    counts = []
    for _ in range(3):
        thing = Thing(alice)
        wishes.watch(user=alice, target=thing.name, level=Level.ALL)
        wishes.mute(user=alice, reason=AUTHOR.name, target=thing.name)
        with CaptureQueriesContext(connection) as queries:
            page.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_level_is_chosen_and_given_up(page, alice, thing):
    chosen = page.post(f"/watches/{thing.name}/", {"level": "mentions", "title": "A thing", "next": "/people/"})
    kept = Watch.objects.get(user=alice)
    page.post(f"/watches/{thing.name}/", {"level": "", "next": "/people/"})

    assert (chosen.url, kept.level, kept.title) == ("/people/", Level.MENTIONS, "A thing")
    assert not Watch.objects.exists()


def test_nobody_follows_what_they_may_not_read(client_for, page, erin, alice, thing):
    thing.readers.discard(alice.pk)  # she has left

    outsider = client_for(erin).post(f"/watches/{thing.name}/", {"level": "all"})
    former = page.post(f"/watches/{thing.name}/", {"level": "all"})
    unknown = page.post("/watches/nothing:1/", {"level": "all"})

    assert [answer.status_code for answer in (outsider, former, unknown)] == [404, 404, 404]
    assert not Watch.objects.exists()


def test_level_that_does_not_exist_is_refused(page, thing):
    assert page.post(f"/watches/{thing.name}/", {"level": "loud"}).status_code == 400


def test_button_says_how_much_one_hears(alice, thing):
    request = RequestFactory().get("/theses/1/")
    request.user = alice
    button = {"target": thing.name, "title": "A thing", "user": alice}

    before = render_to_string("notifications/watch.html", button, request)
    wishes.watch(user=alice, target=thing.name, level=Level.ALL)
    after = render_to_string("notifications/watch.html", button, request)

    assert (" Watch</summary>" in before, " Watching</summary>" in after) == (True, True)
    assert 'value="all" data-closes aria-current="true"' in after
    assert f'action="/watches/{thing.name}/"' in after
