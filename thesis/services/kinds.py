"""What people are told about theses, topics and applications, in words; registered at start-up."""

from collections.abc import Callable
from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from digi.notifications import kinds
from digi.notifications.kinds import Kind, Reason, Told
from digi.notifications.models import Timing
from thesis.models import DocumentKind, MemberRole, Rejection
from thesis.services import readers
from thesis.states import State

REASONS = {
    "thesis.student": gettext_lazy("because you write this thesis"),
    "thesis.supervisor": gettext_lazy("because you supervise this thesis"),
    "thesis.examiner": gettext_lazy("because you examine this thesis"),
    "thesis.member": gettext_lazy("because you take part in this thesis"),
    "thesis.assignee": gettext_lazy("because the task is yours"),
    "thesis.coordinator": gettext_lazy("because you coordinate the department"),
    "application.student": gettext_lazy("because you have applied"),
    "application.owner": gettext_lazy("because you decide on this application"),
    "topic.subscriber": gettext_lazy("because you asked to hear of new topics"),
}

_MEMBER: dict[str, str | Promise] = {
    "joined": gettext_lazy("%(actor)s brought somebody in: %(role)s"),
    "left": gettext_lazy("somebody has left: %(role)s"),
    "handed_over": gettext_lazy("%(actor)s gave the thesis to another supervisor"),
}
_REQUEST: dict[str, str | Promise] = {
    "asked": gettext_lazy("%(actor)s asked for a change"),
    "done": gettext_lazy("%(actor)s made a requested change"),
    "verified": gettext_lazy("%(actor)s accepted a requested change"),
    "open": gettext_lazy("%(actor)s opened a change request again"),
}
_TASK: dict[str, str | Promise] = {
    "assigned": gettext_lazy("%(actor)s gave you a task"),
    "done": gettext_lazy("%(actor)s finished a task"),
}
_MEETING: dict[str, str | Promise] = {
    "planned": gettext_lazy("%(actor)s planned a meeting"),
    "moved": gettext_lazy("%(actor)s changed a meeting"),
    "cancelled": gettext_lazy("%(actor)s cancelled a meeting"),
    "held": gettext_lazy("%(actor)s wrote the minutes of a meeting"),
}
_EXTENSION: dict[str, str | Promise] = {
    "asked": gettext_lazy("%(actor)s asks for time until %(date)s"),
    "granted": gettext_lazy("%(actor)s granted more time, until %(date)s"),
    "refused": gettext_lazy("%(actor)s did not grant more time"),
}
_DATED: dict[str, str | Promise] = {
    "thesis": gettext_lazy("handing it in"),
    "defence": gettext_lazy("the defence"),
    "milestone": gettext_lazy("the milestone “%(name)s”"),
    "task": gettext_lazy("the task “%(name)s”"),
    "meeting": gettext_lazy("a meeting"),
}
_APPLICATION: dict[str, str | Promise] = {
    "apply": gettext_lazy("%(actor)s has applied"),
    "shortlist": gettext_lazy("%(actor)s put the application on the short list"),
    "interview": gettext_lazy("%(actor)s asks for an interview; choose a time"),
    "pick": gettext_lazy("%(actor)s chose a time for the interview"),
    "offer": gettext_lazy("%(actor)s offers the place"),
    "accept": gettext_lazy("%(actor)s accepted the offer"),
    "reject": gettext_lazy("the application was turned down: %(rejection)s"),
    "withdraw": gettext_lazy("%(actor)s withdrew the application"),
    "expire": gettext_lazy("the application has expired"),
}


def moved(told: Told) -> str:
    label = State(told.facts["to"]).label
    if not told.actor:
        return _("it is now in the state “%(state)s”") % {"state": label}
    return _("%(actor)s moved it to “%(state)s”") % {"actor": told.actor, "state": label}


def member(told: Told) -> str:
    role = MemberRole(told.facts["role"]).label
    return str(_MEMBER[told.facts["step"]]) % {"actor": told.actor, "role": role}


def joined(told: Told) -> str:
    role = MemberRole(told.facts["role"]).label
    return _("%(actor)s brought you in: %(role)s") % {"actor": told.actor, "role": role}


def dates(told: Told) -> str:
    return _("it is now due on %(date)s") % {"date": _day(told.facts["due_on"])}


def reminded(told: Told) -> str:
    what = str(_DATED[told.facts["what"]]) % {"name": told.facts["name"]}
    days = int(told.facts["days"])
    if days < 0:
        return _("%(what)s is overdue") % {"what": what}
    sentence = ngettext("%(what)s is due within a day", "%(what)s is due in %(days)d days", days)
    return sentence % {"what": what, "days": days}


def nudged(told: Told) -> str:
    return _("%(actor)s reminds you: the next step is yours") % {"actor": told.actor}


def version_added(told: Told) -> str:
    label = DocumentKind(told.facts["document"]).label
    return _("%(actor)s added version %(n)d: %(document)s") % {
        "actor": told.actor,
        "n": told.facts["n"],
        "document": label,
    }


def received(told: Told) -> str:
    sentence = _("“%(name)s” was handed in at %(at)s. SHA-256: %(sha256)s. Chain: %(hash)s")
    return sentence % told.facts


def commented(told: Told) -> str:
    sentence = ngettext("%(actor)s left a remark", "%(actor)s left remarks: %(count)d", told.count)
    if told.others:
        sentence = ngettext(
            "%(actor)s and one other left remarks: %(count)d",
            "%(actor)s and %(others)d others left remarks: %(count)d",
            told.others,
        )
    return sentence % {"actor": told.actor or _("A reviewer"), "count": told.count, "others": told.others}


def marked(told: Told) -> str:
    return _("%(actor)s published the mark") % {"actor": told.actor}


def kept(told: Told) -> str:
    return _("its years of keeping are over; it may be erased")


def reported(told: Told) -> str:
    return _("%(actor)s handed in a report") % {"actor": told.actor}


def extension(told: Told) -> str:
    return str(_EXTENSION[told.facts["step"]]) % {"actor": told.actor, "date": _day(told.facts["due_on"])}


def application(told: Told) -> str:
    rejection = Rejection(told.facts["rejection"]).label if told.facts.get("rejection") else ""
    return str(_APPLICATION[told.facts["verb"]]) % {"actor": told.actor, "rejection": rejection}


def expiring(told: Told) -> str:
    days = int(told.facts["days"])
    return ngettext("it expires in %(days)d day", "it expires in %(days)d days", days) % {"days": days}


def topic_opened(told: Told) -> str:
    return _("%(actor)s offers a new topic") % {"actor": told.actor}


def _said(sentences: dict[str, str | Promise]) -> Callable[[Told], str]:
    return lambda told: str(sentences[told.facts["step"]]) % {"actor": told.actor}


def _day(text: str | None) -> str:
    return formats.date_format(date.fromisoformat(text), "DATE_FORMAT") if text else "–"


KINDS = (
    Kind(
        name="thesis.state", icon="flag", label=gettext_lazy("Steps of a thesis"), sentence=moved, mail=Timing.INSTANT
    ),
    Kind(
        name="thesis.joined",
        icon="user-plus",
        label=gettext_lazy("Being brought in"),
        sentence=joined,
        mail=Timing.INSTANT,
    ),
    Kind(name="thesis.member", icon="users", label=gettext_lazy("People of a thesis"), sentence=member),
    Kind(name="thesis.dates", icon="calendar-days", label=gettext_lazy("Dates"), sentence=dates, mail=Timing.INSTANT),
    Kind(
        name="thesis.reminder",
        icon="alarm-clock",
        label=gettext_lazy("Reminders of dates"),
        sentence=reminded,
        mail=Timing.INSTANT,
    ),
    Kind(
        name="thesis.nudge",
        icon="bell",
        label=gettext_lazy("Reminders by people"),
        sentence=nudged,
        mail=Timing.INSTANT,
    ),
    Kind(name="thesis.version", icon="file-text", label=gettext_lazy("Versions of documents"), sentence=version_added),
    Kind(
        name="thesis.receipt",
        icon="file-check",
        label=gettext_lazy("Receipts for submissions"),
        sentence=received,
        mail=Timing.INSTANT,
        obligatory=True,
    ),
    Kind(name="thesis.comment", icon="message-square-text", label=gettext_lazy("Remarks"), sentence=commented),
    Kind(name="thesis.request", icon="pencil", label=gettext_lazy("Change requests"), sentence=_said(_REQUEST)),
    Kind(name="thesis.task", icon="square-check", label=gettext_lazy("Tasks"), sentence=_said(_TASK)),
    Kind(
        name="thesis.meeting",
        icon="calendar-days",
        label=gettext_lazy("Meetings"),
        sentence=_said(_MEETING),
        mail=Timing.INSTANT,
    ),
    Kind(
        name="thesis.extension",
        icon="history",
        label=gettext_lazy("More time"),
        sentence=extension,
        mail=Timing.INSTANT,
    ),
    Kind(name="thesis.report", icon="file-check", label=gettext_lazy("Reports of examiners"), sentence=reported),
    Kind(name="thesis.kept", icon="archive", label=gettext_lazy("Ends of keeping"), sentence=kept),
    Kind(name="thesis.mark", icon="circle-check", label=gettext_lazy("Marks"), sentence=marked, mail=Timing.INSTANT),
    Kind(
        name="application.step",
        icon="inbox",
        label=gettext_lazy("Applications"),
        sentence=application,
        mail=Timing.INSTANT,
    ),
    Kind(
        name="application.expiring",
        icon="alarm-clock",
        label=gettext_lazy("Applications that expire"),
        sentence=expiring,
        mail=Timing.INSTANT,
    ),
    Kind(name="topic.opened", icon="lightbulb", label=gettext_lazy("New topics"), sentence=topic_opened),
)


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)
    for name, sentence in REASONS.items():
        kinds.register_reason(Reason(name=name, sentence=sentence))
    kinds.register_target("thesis", readers.of_thesis)
    kinds.register_target("thread", readers.of_thread)
    kinds.register_target("application", readers.of_application)
    kinds.register_target("topic", readers.of_topic)
