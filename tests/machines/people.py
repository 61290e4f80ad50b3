"""Three people, a new set of rooms for each case, and clients that go to the other host when theirs is silent."""

from itertools import cycle, permutations

from django.conf import settings
from django.test import Client as Browser

from chat.connection import issue
from chat.models import Room
from chat.services import rooms
from digi.accounts.models import User
from tests.chaos.client import Client
from tests.chaos.crowd import Crowd, Member
from tests.machines.servers import ORIGIN, Digi

RATE = 10  # changes a second of each client
SILENCE = 3  # seconds from a ping to the next, and for its answer; a browser takes up to a minute


class Roaming(Client):
    """A client that tries the hosts in turn, as a proxy would for it."""

    def __init__(self, addresses: list[str], cookie: str) -> None:
        self._addresses = cycle(addresses)
        patience = {"ping_interval": SILENCE, "ping_timeout": SILENCE, "open_timeout": SILENCE, "close_timeout": 1}
        super().__init__("", ORIGIN, cookie, **patience)

    @property
    def _dial(self) -> dict:
        return {**self._options, "uri": next(self._addresses)}

    @_dial.setter
    def _dial(self, options: dict) -> None:
        self._options = options


class People:
    """Alice, Bob and Carol, signed in."""

    def __init__(self) -> None:
        self.users = [User.objects.create_user(name, email=f"{name}@example.org") for name in ("alice", "bob", "carol")]
        self.cookies = {user.pk: self._sign_in(user) for user in self.users}

    def places(self, title: str) -> list[tuple[Room, User]]:
        """Three new rooms of two, each person twice in each of theirs."""
        pairs = [(self.users[n], self.users[n - 1]) for n in range(3)]
        made = [(rooms.open_group(by=one, others=[other], title=title), (one, other)) for one, other in pairs]
        return [(room, user) for room, both in made for user in both] * 2

    def gather(self, servers: list[Digi], places: list[tuple[Room, User]]) -> Crowd:
        """Twelve clients, half of each room at either host at first."""
        orders = list(permutations(servers))
        members = []
        for number, (room, user) in enumerate(places):
            path = f"/ws/chat/{issue(room.pk, user.pk)}/"
            addresses = [server.socket_url + path for server in orders[number % len(orders)]]
            client = Roaming(addresses, self.cookies[user.pk])
            client.start()
            members.append(Member(client, room))
        return Crowd(servers, members, rate=RATE)

    def _sign_in(self, user: User) -> str:
        browser = Browser()
        browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
