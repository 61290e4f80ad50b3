"""Everybody who may or may not follow a thesis, and a way in for each."""

import pytest

from digi.environment import Rate
from digi.realtime.hub import hub
from tests.chat.sockets import aside
from tests.thesis.live import Workspaces
from thesis.models import ThesisMember
from thesis.services import discussion


@pytest.fixture
def everybody(thesis, alice, bob, carol, grace, heidi, root, erin, dave):
    """Heidi observes, Dave examined it once."""
    ThesisMember.objects.create(thesis=thesis, user=heidi, role="observer")
    ThesisMember.objects.create(thesis=thesis, user=dave, role="examiner", left_at=thesis.created_at)
    return (alice, bob, carol, grace, heidi, root, erin, dave)


@pytest.fixture
async def live(transactional_db, settings, everybody, session_cookie):
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(100_000, 1))
    opened = Workspaces({user.pk: await aside(session_cookie, user) for user in everybody})
    yield opened
    await opened.close()
    await hub().close()


@pytest.fixture
def say(thesis, bob):
    """Open a talk in Bob's name: `await say("staff")`."""

    async def call(visibility: str = "all"):
        return await aside(discussion.open_thread, thesis=thesis, by=bob, body="Hm.", visibility=visibility)

    return call
