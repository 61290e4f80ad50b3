"""Minutes that were measured, and who may look at them."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from digi.notifications.models import Channel, Delivery, Notification, Timing
from digi.status.models import MINUTE, Process, Sample
from digi.webhooks.models import Webhook
from tests.factories import PersonFactory

NOW = datetime(2026, 3, 12, 14, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobody_else(no_other_server, db) -> None:
    """What servers of other tests have said of themselves meanwhile goes, too."""
    Process.objects.all().delete()
    Sample.objects.all().delete()


@pytest.fixture
def root(db):
    return PersonFactory(username="root-of-all", is_staff=True, is_superuser=True, time_zone="Europe/Berlin")


@pytest.fixture
def measured(db):
    """Write a minute for each number, the last one in the minute before `until`; None is a minute without a row."""

    def write(name: str, *numbers: float | None, until: datetime = NOW) -> None:
        last = until.replace(second=0, microsecond=0) - timedelta(minutes=1)
        for ago, number in enumerate(reversed(numbers)):
            if number is not None:
                row, _ = Sample.objects.get_or_create(at=last - timedelta(minutes=ago), minutes=MINUTE)
                row.numbers |= {name: number}
                row.save()

    return write


@pytest.fixture
def mail(db):
    """Write a mail's row: in a state, due so many seconds ago, settled so many seconds ago."""
    person = PersonFactory(username="reader")
    count = iter(range(1, 100))

    def write(state: str, *, due: float, settled: float | None = None, claim: uuid.UUID | None = None) -> None:
        n, now = next(count), timezone.now()
        told = Notification.objects.create(
            user=person, number=n, changed=n, born=n, latest=n, kind="k", reason="r", target="t", subject="t"
        )
        Delivery.objects.create(
            notification=told,
            user=person,
            channel=Channel.MAIL,
            timing=Timing.INSTANT,
            state=state,
            due_at=now - timedelta(seconds=due),
            settled_at=None if settled is None else now - timedelta(seconds=settled),
            claim=claim or uuid.uuid4(),
        )

    return write


@pytest.fixture
def webhook(db):
    """Write a webhook whose last call failed, or not."""
    person = PersonFactory(username="owner")

    def write(*, failing: bool, active: bool = True) -> None:
        since = timezone.now() if failing else None
        Webhook.objects.create(owner=person, url="https://a.example", secret=b"s", failing_since=since, active=active)

    return write
