import pytest

from digi.server.bench import keep_bench_at_home


async def _application(scope, receive, send):
    await send({"type": "let.in"})


@pytest.mark.parametrize(
    ("client", "kind", "sent"),
    [
        (["192.0.2.7", 4711], "http", ["http.response.start", "http.response.body"]),
        (["192.0.2.7", 4711], "websocket", ["websocket.close"]),
        (["127.0.0.1", 4711], "http", ["let.in"]),
        (["::1", 4711], "websocket", ["let.in"]),
        (None, "http", ["let.in"]),  # a UNIX socket
    ],
)
async def test_bench_mode_answers_this_machine_only(settings, client, kind, sent):
    settings.DIGI_BENCH = True
    answered = []

    async def send(message):
        answered.append(message["type"])

    await keep_bench_at_home(_application)({"type": kind, "client": client}, None, send)

    assert answered == sent


def test_without_bench_mode_nothing_stands_in_between(settings):
    settings.DIGI_BENCH = False

    assert keep_bench_at_home(_application) is _application
