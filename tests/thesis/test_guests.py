"""Reviewers by a link: what it opens, how long, and that nothing of it is kept but a digest."""

from datetime import timedelta

import pytest
from django.utils import timezone

from digi.audit.models import AuditEvent
from digi.errors import Conflict, Invalid, NotFound
from digi.notifications.models import Notification
from tests.thesis.making import put
from thesis.models import Comment, Invitation, ThreadVisibility
from thesis.services import guests

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(thesis, bob):
    return guests.invite(thesis=thesis, by=bob, name="Ravi Subramanian", email="Ravi@example.org", days=14)


def test_link_opens_its_thesis(link, thesis):
    invitation, secret = link

    found = guests.enter(secret=secret)
    guests.enter(secret=secret)

    assert (found, found.thesis, found.email) == (invitation, thesis, "ravi@example.org")
    actions = list(AuditEvent.objects.filter(action__startswith="reviewer").values_list("action", flat=True))
    assert sorted(actions) == ["reviewer.came", "reviewer.invited"]


def test_secret_is_not_kept(link):
    _, secret = link

    stored = repr(list(Invitation.objects.values())) + repr(list(AuditEvent.objects.values()))

    assert secret not in stored


def test_expired_revoked_and_unknown_links_are_alike(link, bob):
    invitation, secret = link

    def refused(what: str) -> tuple[str, str]:
        with pytest.raises(NotFound) as error:
            guests.enter(secret=what)
        with pytest.raises(NotFound):
            guests.comment(secret=what, body="Hello?")
        return error.value.code, str(error.value.message)

    unknown = refused("nonsense")
    put(invitation, expires_at=timezone.now())
    expired = refused(secret)
    put(invitation, expires_at=timezone.now() + timedelta(days=1))
    guests.revoke(invitation=invitation, by=bob)
    assert unknown == expired == refused(secret)
    put(invitation, revoked_at=None)
    put(invitation.thesis, state="withdrawn")
    assert refused(secret) == unknown
    assert not Comment.objects.exists()


def test_reviewers_words_reach_the_staff_alone(link, alice, bob, carol):
    _, secret = link
    Notification.objects.all().delete()

    comment = guests.comment(secret=secret, body="A fine thesis. @alice")

    assert (comment.author, comment.guest.name) == (None, "Ravi Subramanian")
    assert comment.thread.visibility == ThreadVisibility.STAFF
    assert set(Notification.objects.values_list("user__username", flat=True)) == {"bob", "carol"}


@pytest.mark.parametrize(("name", "days"), [("", 3), ("Ravi", 0), ("Ravi", 181)])
def test_link_without_a_name_or_an_end_is_refused(thesis, bob, name, days):
    with pytest.raises(Invalid):
        guests.invite(thesis=thesis, by=bob, name=name, days=days)


def test_links_and_words_are_limited(link, thesis, bob, monkeypatch):
    monkeypatch.setattr(guests, "AT_MOST", 1)
    monkeypatch.setattr(guests, "COMMENTS_AT_MOST", 1)
    guests.comment(secret=link[1], body="One.")

    with pytest.raises(Conflict):
        guests.invite(thesis=thesis, by=bob, name="Ann", days=3)
    with pytest.raises(Conflict):
        guests.comment(secret=link[1], body="Two.")
