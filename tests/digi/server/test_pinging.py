"""Who says nothing is pinged every so often, whatever the clock does."""

import time

from tests.digi.server.doors import Door


async def test_socket_is_pinged_although_the_clock_was_put_back():
    door = await Door(listens=True).open()
    interval = door.socket.server.ping_interval
    door.socket.last_ping = time.time() + 3600  # it was an hour later when something came last

    door.socket.check_timeouts()
    door.socket.last_ping -= interval + 1
    door.socket.check_timeouts()

    assert door.transport.value().startswith(b"\x89")
