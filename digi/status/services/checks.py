"""What `/readyz` does not ask: the worker and its jobs, mails, webhooks, the disk, releases, the measuring itself."""

import shutil
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digi.files import carriers
from digi.notifications.models import Channel, Delivery, DeliveryState
from digi.status.models import Kind, Process
from digi.status.parts import Level, Part
from digi.status.services import sampling
from digi.webhooks.models import Webhook
from digi.worker.models import Job, JobState

LATE = timedelta(minutes=10)  # what was due before has waited too long
UNMEASURED = timedelta(minutes=3)
SCARCE, FULL = 0.10, 0.03  # shares of a disk that are free


def all_of(processes: list[Process], now: datetime) -> list[Part]:
    """One query each for jobs, mails, webhooks and samples."""
    return [
        _worker(processes, now),
        _jobs(now),
        _mails(now),
        _webhooks(),
        _disk(),
        _releases(processes, now),
        _measuring(now),
    ]


def _worker(processes: list[Process], now: datetime) -> Part:
    name = _("Worker")
    if any(one.kind == Kind.WORKER and one.is_alive(now) for one in processes):
        return Part(name, Level.GOOD, _("It works."))
    todo = _("Start manage.py worker: until then no mail leaves, nobody is reminded, and no upload is read.")
    last = max((one.seen_at for one in processes if one.kind == Kind.WORKER), default=None)
    if last is None:
        return Part(name, Level.HARM, _("None was heard of in the last day."), todo)
    return Part(name, Level.HARM, _("None was heard of since %(when)s.") % {"when": _when(last)}, todo)


def _jobs(now: datetime) -> Part:
    late = Count("pk", filter=Q(state=JobState.WAITING, due_at__lt=now - LATE))
    told = Job.objects.order_by().aggregate(failed=Count("pk", filter=Q(state=JobState.FAILED)), late=late)
    name, more = _("Jobs"), reverse("admin:worker_job_changelist")
    if told["failed"]:
        said = ngettext("%(count)d has failed.", "%(count)d have failed.", told["failed"]) % {"count": told["failed"]}
        todo = _("The admin shows with what error, and has a button to run it again.")
        return Part(name, Level.CARE, said, todo, more + "?state__exact=failed")
    if told["late"]:
        said = ngettext("%(count)d is late.", "%(count)d are late.", told["late"]) % {"count": told["late"]}
        return Part(name, Level.CARE, said, _("See whether the worker runs and keeps up."), more)
    return Part(name, Level.GOOD, _("None is late and none has failed."))


def _mails(now: datetime) -> Part:
    mails = Delivery.objects.filter(channel=Channel.MAIL).order_by()
    told = mails.filter(Q(state=DeliveryState.WAITING) | Q(state=DeliveryState.FAILED)).aggregate(
        late=Count("pk", filter=Q(state=DeliveryState.WAITING, due_at__lt=now - LATE)),
        failed=Count("pk", filter=Q(state=DeliveryState.FAILED, settled_at__gte=now - timedelta(days=1))),
        oldest=Min("due_at", filter=Q(state=DeliveryState.WAITING)),
    )
    name, more = _("Mail"), reverse("admin:notifications_delivery_changelist")
    if told["late"]:
        said = ngettext(
            "%(count)d mail should have left by now, the first at %(when)s.",
            "%(count)d mails should have left by now, the first at %(when)s.",
            told["late"],
        )
        todo = _("See whether the worker runs, and whether DIGI_EMAIL_URL leads to your mail server.")
        return Part(name, Level.CARE, said % {"count": told["late"], "when": _when(told["oldest"])}, todo, more)
    if told["failed"]:
        said = ngettext(
            "%(count)d mail was given up in the last day.",
            "%(count)d mails were given up in the last day.",
            told["failed"],
        )
        todo = _("The admin shows what the mail server said, and has a button to send them again.")
        return Part(name, Level.CARE, said % {"count": told["failed"]}, todo, more + "?state__exact=failed")
    return Part(name, Level.GOOD, _("None is late and none was given up in the last day."))


def _webhooks() -> Part:
    count, name = failing().count(), _("Webhooks")
    if count:
        said = ngettext("%(count)d fails.", "%(count)d fail.", count) % {"count": count}
        todo = _("They are tried again, and their owners see why. Where all fail, see whether the worker may call out.")
        return Part(name, Level.CARE, said, todo, reverse("admin:webhooks_webhook_changelist"))
    return Part(name, Level.GOOD, _("None fails."))


def _disk() -> Part:
    name = _("Disk")
    free, whole = disk()
    said = _("%(free)s of %(whole)s are free where the uploads lie.") % {
        "free": filesizeformat(free),
        "whole": filesizeformat(whole),
    }
    share = free / (whole or 1)
    if share >= SCARCE:
        return Part(name, Level.GOOD, said)
    todo = _("Make room: uploads and recordings are refused once it is full, and with SQLite so is everything else.")
    return Part(name, Level.HARM if share < FULL else Level.CARE, said, todo)


def _releases(processes: list[Process], now: datetime) -> Part:
    found = sorted({one.version for one in processes if one.is_alive(now)})
    name = _("Releases")
    if len(found) > 1:
        said = _("Several run at once: %(releases)s.") % {"releases": ", ".join(found)}
        return Part(name, Level.CARE, said, _("During an update that is so for a moment; else restart what is behind."))
    return Part(name, Level.GOOD, _("Every process runs the same."))


def _measuring(now: datetime) -> Part:
    name, last = _("Measuring"), sampling.newest()
    if last is None:
        return Part(name, Level.GOOD, _("It begins within a minute."))
    if last < now - UNMEASURED:
        said = _("Nothing was measured since %(when)s.") % {"when": _when(last)}
        return Part(
            name, Level.CARE, said, _("The log of the server says why: look for “work beside the answers failed”.")
        )
    return Part(name, Level.GOOD, _("Once a minute."))


def failing() -> QuerySet[Webhook]:
    """Webhooks whose last call failed."""
    return Webhook.objects.filter(active=True, failing_since__isnull=False)


def disk() -> tuple[int, int]:
    """The free bytes and all bytes of the disk that holds DIGI_FILES, or will; for a bucket, of DIGI_SPOOL's."""
    place = carriers.current().spool.resolve()
    while not place.exists():
        place = place.parent
    usage = shutil.disk_usage(place)
    return usage.free, usage.total


def _when(at: datetime) -> str:
    local = timezone.localtime(at)
    return formats.date_format(local, "TIME_FORMAT" if local.date() == timezone.localdate() else "DATETIME_FORMAT")
