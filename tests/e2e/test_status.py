"""What only a browser shows of the status page: it renews itself, and says what was at a moment."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from digi.status.models import MINUTE, Sample


def test_page_tells_a_moment_and_renews_itself(signed_in_page: Callable, person) -> None:
    minute = timezone.now().replace(second=0, microsecond=0)
    for ago, people in enumerate((12, 7, 5)):
        Sample.objects.create(at=minute - timedelta(minutes=5 + ago), minutes=MINUTE, numbers={"people": people})
    page = signed_in_page(person("ada", is_superuser=True, is_staff=True))
    page.goto("/status/?over=day")
    last = page.locator("section:has(> header > #people-h) .sums .last")
    live = page.get_by_role("button", name="Live")
    plot = page.get_by_role("group", name="People online")

    plot.press("End")
    page.locator("#announcer", has_text="online ").wait_for(state="attached")
    assert page.locator(".plot .mark").count() == 1
    told = last.inner_text()
    Sample.objects.update(numbers={"people": 40})
    live.click()
    live.click()  # looks at once
    page.locator(".sums td", has_text="40").first.wait_for()

    assert page.evaluate("document.activeElement.textContent") == "Live"
    assert page.locator(".plot .mark").count() == 1
    assert told != "40"
    plot.press("Escape")
    assert last.inner_text() == last.get_attribute("data-own")
    assert page.locator(".plot .mark").count() == 0
