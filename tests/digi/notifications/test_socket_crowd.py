"""Many people with open sockets."""

from digi.environment import Rate
from digi.notifications.services import notify
from digi.realtime.hub import hub
from tests.chat.sockets import aside
from tests.digi.notifications.conftest import AUTHOR, Thing
from tests.digi.notifications.sockets import Inboxes
from tests.factories import PersonFactory


async def test_two_hundred_notifications_reach_open_sockets_in_order(transactional_db, settings, session_cookie):
    """Ten times to twenty people; how fast it is stands in docs/notifications.md, what is lost stands here."""
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(100_000, 1))
    people = await aside(lambda: [PersonFactory() for _ in range(20)])
    crowd = Thing(*people)
    opened = Inboxes({person.pk: await aside(session_cookie, person) for person in people})
    visitors = [await opened.come(person) for person in people]

    for _ in range(10):
        await aside(notify, **crowd.told(), to=dict.fromkeys(people, AUTHOR.name))

    for visitor in visitors:
        heard: list[int] = []
        while len(heard) < 10:
            frame = await visitor.hear()
            heard += [frame["n"]] if frame["type"] == "notification.new" else []
        assert heard == list(range(1, 11))
    await opened.close()
    await hub().close()
