"""What the page of an application offers to do with it, each with its form, and the way it has come."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from thesis import states
from thesis.forms.applications import AcceptForm, ActForm, InviteForm, RejectForm
from thesis.models import Application
from thesis.services import applicants, applications
from thesis.states import ApplicationState, Need

DEEDS: dict[str, Callable[..., Application]] = {
    "shortlist": applications.shortlist,
    "interview": applications.invite,
    "offer": applications.offer,
    "accept": applications.accept,
    "reject": applications.reject,
    "withdraw": applications.withdraw,
}
FORMS = {"interview": InviteForm, "accept": AcceptForm, "reject": RejectForm}
NAMES: dict[str, str | Promise] = {
    "shortlist": _("Shortlist"),
    "interview": _("Invite"),
    "offer": _("Offer the place"),
    "accept": _("Take the offer"),
    "reject": _("Turn down"),
    "withdraw": _("Withdraw the application"),
}
WHAT: dict[str, str | Promise] = {
    "shortlist": _("It goes on the short list; the student is told."),
    "interview": _("Offer some times; the student picks one. Times are in your zone."),
    "offer": _("The student has some days to answer."),
    "accept": _("This opens your thesis, with a chat for you and your supervisor."),
    "reject": _("The student is told, with the reason. This cannot be taken back."),
    "withdraw": _("You take your application back. This cannot be undone."),
}
DONE: dict[str, str | Promise] = {
    "shortlist": _("On the short list."),
    "interview": _("The student is asked to pick a time."),
    "offer": _("Offered. You are told as soon as there is an answer."),
    "accept": _("The offer is taken; your thesis is open."),
    "reject": _("Turned down; the student is told."),
    "withdraw": _("Withdrawn."),
}
MAIN = ("accept", "shortlist", "interview", "offer")  # the first of these that stands open is the page's main action


@dataclass
class Act:
    """One thing to do; `blocked` says what stands in the way."""

    verb: str
    name: str | Promise
    what: str | Promise
    blocked: str
    needs_words: bool
    form: ActForm
    main: bool = False


def offered(application: Application, by: User) -> list[Act]:
    """What the person's part is, open or blocked; what others do is not shown."""
    parts = applicants.parts_of(application, by)
    found = []
    for verb in applications.verbs(application=application, by=by):
        if states.wrong_part(states.application_rule(verb.verb), parts):
            continue
        needs_words = Need.REASON in verb.needs
        form = form_of(verb.verb, application, needs_words)
        found.append(Act(verb.verb, NAMES[verb.verb], WHAT[verb.verb], verb.reason, needs_words, form))
        if verb.verb == "withdraw" and application.state == ApplicationState.OFFERED:
            found[-1].name = _("Decline the offer")
    first = next((act for name in MAIN for act in found if act.verb == name and not act.blocked), None)
    if first is not None:
        first.main = True
    return found


def form_of(verb: str, application: Application, needs_words: bool, data: Any = None) -> ActForm:
    return FORMS.get(verb, ActForm)(data, verb=verb, application=application, needs_words=needs_words)


def line(application: Application) -> list[dict[str, Any]]:
    """The states an application goes through, with what this one has done and skipped."""
    way = [*states.OPEN, ApplicationState.ACCEPTED]
    been = set(application.steps.values_list("to_state", flat=True))
    now = ApplicationState(application.state)
    if now not in way:  # it ended before: what was not reached is left out
        way = [state for state in way if state in been] + [now]
    at = way.index(now)
    return [{"state": state, "label": state.label, "is": _is(state, n - at, been)} for n, state in enumerate(way)]


def _is(state: ApplicationState, ahead: int, been: set[str]) -> str:
    if ahead == 0:
        return "now"
    return "ahead" if ahead > 0 else "done" if state in been else "skipped"
