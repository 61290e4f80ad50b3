"""People connected to a server who talk, on a timetable or as fast as they are answered."""

import time
from dataclasses import dataclass, field, replace

from bench.clients import Client, Fleet
from bench.people import Person
from bench.servers import Server

GRACE = 5.0  # seconds that a message may come late before it counts as lost


@dataclass
class Run:
    """What one load did. Deliveries are messages that arrived at a member who is not their author."""

    seconds: float  # from the first message to the last delivery
    deliveries: int
    lost: int  # deliveries that did not come
    disordered: int  # came twice, or behind a later message of the same author
    server_cpu: float  # seconds of CPU that the server used meanwhile
    client_cpu: float  # the load generator's share of one core
    latencies: list[float] = field(repr=False)  # seconds from the moment a message was due, sorted

    @property
    def rate(self) -> float:
        """Deliveries a second."""
        return self.deliveries / self.seconds

    def latency(self, share: float) -> float:
        """The latency, in milliseconds, that this share of the deliveries did not exceed."""
        if not self.latencies:
            return float("inf")
        return 1000 * self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


class Meter:
    """Time and CPU from now on."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._server_cpu, self._own_cpu = server.cpu(), time.process_time()
        self.at = time.monotonic()

    def server_cpu(self) -> float:
        """Seconds of CPU the server has used."""
        return self._server.cpu() - self._server_cpu

    def client_share(self) -> float:
        """The share of one core this process has used."""
        return (time.process_time() - self._own_cpu) / (time.monotonic() - self.at)


class Crowd:
    """Clients in rooms, each message heard by `audience` others."""

    def __init__(self, server: Server, people: list[Person], *, audience: int = 1) -> None:
        self.server, self.audience = server, audience
        self.dialect = server.contender.dialect
        self.fleet = Fleet()
        self.clients: list[Client] = []
        self._authors: list[int] = []
        self._due: list[float] = []
        self._refill = False
        self._begin()
        for person in people:
            client = self.dialect.enter(self.fleet, person, port=server.port, told=self._told)
            client.number = len(self.clients)
            self.clients.append(client)
            self.fleet.serve(0)
        self.fleet.serve_until(lambda: all(map(self.dialect.ready, self.clients)), seconds=30, what="all to be live")

    def on_timetable(self, authors: list[int], *, rate: float, seconds: float) -> Run:
        """Open loop: each message is sent when it is due, whatever became of those before, and timed from then."""
        self._begin()
        meter = Meter(self.server)
        for step in range(int(rate * seconds)):
            due = meter.at + step / rate
            self.fleet.serve(due)
            self._post(authors[step % len(authors)], due)
        self._await_arrivals()

        return self._run(meter, len(self._latencies))

    def at_full_speed(self, authors: list[int], *, in_flight: int, seconds: float) -> Run:
        """Closed loop: an author says the next when one of their `in_flight` has reached everybody."""
        self._begin()
        self._refill = True
        for author in authors * in_flight:
            self._post(author, time.monotonic())
        self.fleet.serve(time.monotonic() + 0.5)
        meter, before = Meter(self.server), len(self._latencies)
        self.fleet.serve(time.monotonic() + seconds)
        run = self._run(meter, len(self._latencies) - before)
        self._refill = False
        self._await_arrivals()

        return replace(run, lost=self._open, disordered=self._disordered)

    def close(self) -> None:
        """Everybody leaves."""
        self.fleet.close()

    def _begin(self) -> None:
        self._first = len(self._due)
        self._arrived: list[int] = []
        self._latencies: list[float] = []
        self._last = 0.0
        self._open = self._disordered = 0

    def _post(self, author: int, due: float) -> None:
        number = len(self._due)
        self._authors.append(author)
        self._due.append(due)
        self._arrived.append(0)
        self._open += self.audience
        self.clients[author].send(self.dialect.add(number))

    def _told(self, client: Client, number: int) -> None:
        author = self._authors[number]
        if author == client.number or number < self._first:
            return
        if number <= client.last.get(author, -1):
            self._disordered += 1
            return

        client.last[author] = number
        self._last = time.monotonic()
        self._latencies.append(self._last - self._due[number])
        self._open -= 1
        self._arrived[number - self._first] += 1
        if self._refill and self._arrived[number - self._first] == self.audience:
            self._post(author, self._last)

    def _await_arrivals(self) -> None:
        end = time.monotonic() + GRACE
        while self._open and time.monotonic() < end:
            self.fleet.serve(time.monotonic() + 0.005)
        for client in self.clients:
            self.dialect.settle(client)
        closed = {client.close_code for client in self.clients} - {None}
        if closed:
            raise RuntimeError(f"{self.server.contender.name} closed sockets with {closed}.")

    def _run(self, meter: Meter, deliveries: int) -> Run:
        return Run(
            seconds=self._last - meter.at,
            deliveries=deliveries,
            lost=self._open,
            disordered=self._disordered,
            server_cpu=meter.server_cpu(),
            client_cpu=meter.client_share(),
            latencies=sorted(self._latencies),
        )
