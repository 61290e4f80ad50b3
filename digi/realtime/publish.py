"""Telling everybody: called by services, and effective after the commit."""

import hashlib
import logging
from functools import partial

from asgiref.sync import async_to_sync
from django.db import transaction

from digi.realtime import layer, outbox
from digi.realtime.events import Event, SocketsClosed

log = logging.getLogger(__name__)

SESSION_ENDED = 4401


def publish(*events: Event) -> None:
    """Tell everybody who has joined the events' topics, once the running transaction is committed."""
    if events:
        transaction.on_commit(partial(_send, list(events)))


def tell(*events: Event) -> None:
    """Tell everybody now: for what is never stored, such as typing."""
    _send(list(events))


def close_sockets(
    *, user_id: int | None = None, session_key: str | None = None, within: str = "", code: int = SESSION_ENDED
) -> None:
    """Close a person's or a session's sockets after the commit; `within` limits it to those joined to one topic."""
    topics = [user_topic(user_id)] if user_id is not None else []
    topics += [session_topic(session_key)] if session_key else []
    publish(*(SocketsClosed(topic=topic, code=code, within=within) for topic in topics))


def user_topic(user_id: int) -> str:
    return f"user:{user_id}"


def session_topic(session_key: str) -> str:
    """The key itself must not travel through Redis or memory dumps of it."""
    return "session:" + hashlib.sha256(session_key.encode()).hexdigest()[:32]


def _send(events: list[Event]) -> None:
    if outbox.post(events):
        return
    try:
        async_to_sync(layer.send_once)(events)
    except layer.FAILURES as error:  # the rows are stored; whoever is connected finds them by number
        log.warning("events of this process were not published: %s", error)
