"""Telling everybody: after the commit, in order, and also from a process without a hub."""

import pytest
from channels.layers import channel_layers
from django.db import transaction

from digi.realtime import outbox
from digi.realtime.events import Event, SocketsClosed
from digi.realtime.publish import close_sockets, publish, session_topic, tell, user_topic
from tests.chat.writing import office
from tests.conftest import redis_layer


class Told(Event, tag="test.publish"):
    """Something that a service tells."""


def told(n: int) -> Told:
    return Told(topic="room:1", n=n)


@pytest.mark.django_db(transaction=True)
def test_published_events_wait_for_the_commit_and_keep_their_order():
    with office() as events:
        with transaction.atomic():
            publish(told(1), told(2))
            with transaction.atomic():
                publish(told(3))
            publish()
            assert events == []

        assert [event.n for event in events] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told():
    with office() as events:
        with transaction.atomic():
            publish(told(1))
            with transaction.atomic():
                publish(told(2))
                transaction.set_rollback(True)
        with transaction.atomic():
            publish(told(3))
            transaction.set_rollback(True)

        assert [event.n for event in events] == [1]


@pytest.mark.django_db(transaction=True)
def test_told_events_do_not_wait():
    with office() as events, transaction.atomic():
        tell(told(1))

        assert [event.n for event in events] == [1]


@pytest.mark.django_db(transaction=True)
def test_closing_names_the_person_and_the_session_but_never_its_key():
    with office() as events:
        close_sockets(user_id=7, session_key="secret-key", within="room:3", code=4403)
        close_sockets()

    assert events == [
        SocketsClosed(topic="user:7", code=4403, within="room:3"),
        SocketsClosed(topic=session_topic("secret-key"), code=4403, within="room:3"),
    ]
    assert user_topic(7) == "user:7"
    assert "secret" not in session_topic("secret-key")
    assert session_topic("secret-key") == session_topic("secret-key") != session_topic("secret-kez")


def test_events_are_kept_back_where_somebody_collects_them():
    with office() as events, outbox.collected() as kept:
        assert outbox.post([told(1)])

    assert (events, [event.n for event in kept]) == ([], [1])


@pytest.mark.django_db(transaction=True)
def test_process_without_a_hub_survives_a_dead_redis(settings, caplog, monkeypatch):
    """A command has stored what it had to store; that nobody can be told just now is a line in the log."""
    settings.CHANNEL_LAYERS = redis_layer("redis://127.0.0.1:1/0")
    channel_layers.backends.clear()
    monkeypatch.setattr(outbox, "_offices", [])

    publish(told(1))

    channel_layers.backends.clear()
    assert "not published" in caplog.text
