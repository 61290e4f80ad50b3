"""What is left of sign-ins that are over, and how long it is kept."""

from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from digi.accounts.models import Token

EXPIRED_TOKENS = timedelta(days=30)  # for so long their owner sees on the list which program it was
BEGINNING = timedelta(minutes=10)  # a sign-in writes the list's line first and the session last
AT_ONCE = 500


def tidy() -> None:
    """The worker's duty: remove expired sessions, the lists' lines of ended ones, and tokens long expired.

    A few at a time: on SQLite everybody's messages wait behind each transaction.
    """
    now = timezone.now()
    running = Session.objects.filter(session_key=OuterRef("session_key"))
    _remove(Session.objects.filter(expire_date__lt=now))
    _remove(UserSession.objects.filter(created_at__lt=now - BEGINNING).exclude(Exists(running)))
    _remove(Token.objects.filter(expiry__lt=now - EXPIRED_TOKENS))


def _remove(rows: QuerySet[Any]) -> None:
    while keys := list(rows.order_by().values_list("pk", flat=True)[:AT_ONCE]):
        rows.model._default_manager.filter(pk__in=keys).delete()
