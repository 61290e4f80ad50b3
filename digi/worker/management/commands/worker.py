"""`manage.py worker`: does what is to be done apart from requests, until a signal ends it."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import autodiscover_modules

from digi.worker import queue
from digi.worker.registry import duties

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run the worker: mails, reminders, and what takes too long for a page."

    def handle(self, *args: Any, **options: Any) -> None:
        """Begin with every duty, so that what became due while no worker ran is done now.

        What a killed worker had claimed is free when its lease is over: then every duty is done once more.
        """
        autodiscover_modules("tasks")
        consumer = queue.consumer()
        queue.beat()
        for name in duties:
            queue.ask_now(name)
            queue.ask_now(name, after=settings.DIGI_WORKER_LEASE + 1)
        log.info("the worker does %s", ", ".join(duties))
        consumer.run()
