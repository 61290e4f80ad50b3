"""Applying in browsers: what only they can show."""

from datetime import timedelta

import pytest
from django.utils import timezone

from digi.accounts.models import Role, User
from tests.factories import AffiliationFactory, DepartmentFactory
from thesis.models import Application, Programme
from thesis.services import applications, topics


@pytest.fixture
def programme(db):
    return Programme.objects.create(department=DepartmentFactory(name="Distributed Systems"), name="Informatics")


@pytest.fixture
def topic(programme, alice, bob, person):
    """Bob's; Alice and Charlie study there."""
    for user, role in ((alice, Role.STUDENT), (person("charlie"), Role.STUDENT), (bob, Role.SUPERVISOR)):
        AffiliationFactory(user=user, department=programme.department, role=role)
    made = topics.create(programme=programme, by=bob, title="Stalled viewers", capacity=3)
    return topics.move(topic=made, to="open", by=bob)


def test_draft_outlives_the_page_and_goes_on_in_another_browser(signed_in_page, topic, alice) -> None:
    way = f"/topics/{topic.uuid}/apply/"
    desk, phone = signed_in_page(alice), signed_in_page(alice)
    desk.goto(f"{way}?step=motivation")

    desk.get_by_label("Why this thesis, and why you").press_sequentially("Because of ")
    desk.get_by_text("Saved at ").wait_for()
    desk.reload()
    begun = desk.get_by_label("Why this thesis, and why you").input_value()
    phone.goto(f"{way}?step=motivation")
    there = phone.get_by_label("Why this thesis, and why you")
    gone_on = there.input_value()
    there.press("End")
    there.press_sequentially("the streams.")
    phone.get_by_role("button", name="Continue").click()  # at once: what is being saved is waited for
    phone.wait_for_url("**/apply/?step=cv")
    phone.wait_for_load_state("networkidle")  # with all its scripts
    phone.context.set_offline(True)
    phone.get_by_label("Or in words").fill("Two years of C.")
    phone.get_by_text("Not saved yet").first.wait_for()
    phone.context.set_offline(False)
    phone.get_by_text("Saved at ").wait_for()
    desk.goto(f"{way}?step=review")

    assert (begun, gone_on) == ("Because of ", "Because of ")
    assert "Because of the streams." in desk.locator("#apply-review").inner_text()
    assert "Two years of C." in desk.locator("#apply-review").inner_text()


def test_owner_decides_by_key_and_the_open_page_of_the_student_follows(signed_in_page, topic, alice, bob) -> None:
    people = [alice, User.objects.get(username="charlie")]
    mine, _ = (applications.apply_for_topic(topic=topic, by=user, kind="master") for user in people)
    student, owner = signed_in_page(alice), signed_in_page(bob)
    student.goto(f"/applications/{mine.uuid}/")
    owner.goto("/applications/")

    owner.keyboard.press("j")
    owner.keyboard.press("x")
    owner.keyboard.press("j")
    owner.keyboard.press("x")
    owner.get_by_text("2 selected").wait_for()
    owner.keyboard.press("Escape")
    owner.get_by_text("2 selected").wait_for(state="hidden")
    owner.keyboard.press("x")
    owner.get_by_role("button", name="Shortlist").press("Enter")
    dialog = owner.get_by_role("dialog", name="Shortlist 1 application?")
    dialog.get_by_role("button", name="Shortlist 1").click()
    owner.get_by_text("1 application shortlisted.").wait_for()
    step = student.locator(".stateline [aria-current=step]", has_text="Shortlisted")
    step.wait_for()

    owner.locator(".pile-row a", has_text="Alice").click()
    owner.locator("summary", has_text="Invite").click()
    owner.get_by_label("Time 1").fill(f"{timezone.now() + timedelta(days=2):%Y-%m-%dT%H:%M}")
    owner.locator("#act-interview").get_by_role("button", name="Invite").click()
    student.get_by_role("button", name="Choose").click()
    student.get_by_text("chosen", exact=True).wait_for()
    owner.locator(".pile-row", has_text="Interview").wait_for()

    states = Application.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["interview", "submitted"]
    assert Application.objects.get(pk=mine.pk).slots.get().picked
