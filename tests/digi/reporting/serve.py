"""run_daphne.py with a page and a socket that crash, each with something in its hands that nobody else may see."""

import os
import sys

sys.path[0] = os.getcwd()

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402

settings.ROOT_URLCONF = "tests.digi.reporting.urls"

from digi.notifications.consumers import InboxConsumer  # noqa: E402
from digi.server.command import main  # noqa: E402


def crash(consumer, frame) -> None:
    raise LookupError(f"no such thing: {consumer.identity.username} {frame.last_id}")


InboxConsumer._greet = crash
main(sys.argv[1:])
