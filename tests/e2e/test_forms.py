"""Forms that their answer's page replaces."""

from playwright.sync_api import expect

from digi.accounts.models import CalendarFeed
from tests.e2e.waiting import until


def test_form_is_sent_once_however_often_one_presses_enter(signed_in_page, alice):
    page = signed_in_page(alice)
    page.goto("/me/calendar/")
    held = []
    page.route("**/me/calendar/", lambda route: held.append(route))

    page.get_by_role("button", name="Make the link").focus()
    page.keyboard.press("Enter")
    until(page, lambda: held)
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    for route in held:
        route.continue_()

    link = page.get_by_label("The link of your calendar")
    expect(link).to_be_visible()
    assert len(held) == 1
    assert page.request.get(link.input_value()).ok
    assert CalendarFeed.objects.filter(user=alice).count() == 1
