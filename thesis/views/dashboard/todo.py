"""What waits for a person, in one list: who is asked to do what, for which work, and since when."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from thesis.models import Application, ChangeRequest, Extension, RequestState, Thesis
from thesis.services.dashboard import Dashboard
from thesis.services.waiting import Waiting
from thesis.states import ApplicationState, Part, State

Words = tuple[str, str | Promise]  # an icon, and what is to be done

STEPS: dict[tuple[str, Part], Words] = {
    (State.DRAFT, Part.SUPERVISOR): ("square-pen", gettext_lazy("Set it going")),
    (State.PROPOSAL, Part.STUDENT): ("file-text", gettext_lazy("Write the proposal")),
    (State.PROPOSAL_REVIEW, Part.SUPERVISOR): ("eye", gettext_lazy("Read the proposal")),
    (State.WRITING, Part.STUDENT): ("square-pen", gettext_lazy("Write, and hand in")),
    (State.SUBMITTED, Part.SUPERVISOR): ("user-plus", gettext_lazy("Begin the review")),
    (State.UNDER_REVIEW, Part.EXAMINER): ("file-check", gettext_lazy("Write your report")),
    (State.UNDER_REVIEW, Part.SUPERVISOR): ("presentation", gettext_lazy("Book the defence")),
    (State.REVISION, Part.STUDENT): ("refresh-cw", gettext_lazy("Revise, and hand in again")),
    (State.DEFENCE, Part.EXAMINER): ("presentation", gettext_lazy("Hold the defence")),
    (State.GRADED, Part.EXAMINER): ("circle-check", gettext_lazy("Publish the mark and complete it")),
}
ANSWERS: dict[tuple[str, Part], Words] = {
    (ApplicationState.SUBMITTED, Part.OWNER): ("inbox", gettext_lazy("Read the application of %(name)s")),
    (ApplicationState.SHORTLISTED, Part.OWNER): ("calendar-days", gettext_lazy("Invite %(name)s, or offer the place")),
    (ApplicationState.INTERVIEW, Part.OWNER): ("users", gettext_lazy("Talk with %(name)s, then decide")),
    (ApplicationState.INTERVIEW, Part.STUDENT): ("calendar-days", gettext_lazy("Choose a time for the interview")),
    (ApplicationState.OFFERED, Part.STUDENT): ("mail", gettext_lazy("Answer the offer")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """`care` marks what must be done before the work goes on."""

    icon: str
    words: str
    work: str
    url: str
    since: datetime | None = None
    badge: str = ""
    care: bool = False


def of(board: Dashboard) -> list[Todo]:
    """Decisions that hold others up first, then steps, the ones that stand still the longest before the others."""
    return [
        *map(_extension, board.extensions),
        *(_application(one) for one in board.applications if one.mine),
        *_requests(board.requests),
        *(_thesis(one) for one in board.theses if one.mine),
    ]


def _thesis(waiting: Waiting) -> Todo:
    thesis = cast(Thesis, waiting.subject)
    icon, words = STEPS.get((thesis.state, waiting.turn), ("arrow-right", _("Take the next step")))
    return Todo(icon=icon, words=str(words), work=thesis.title, url=_place(thesis, waiting.turn), since=waiting.since)


def _place(thesis: Thesis, turn: Part) -> str:
    if thesis.state == State.UNDER_REVIEW and turn == Part.EXAMINER:
        return reverse("thesis:marks", args=[thesis.uuid], fragment="report")
    return reverse("thesis:overview", args=[thesis.uuid])


def _application(waiting: Waiting) -> Todo:
    application = cast(Application, waiting.subject)
    icon, words = ANSWERS[application.state, waiting.turn]
    sentence = str(words) % {"name": application.student}
    url = reverse("thesis:application", args=[application.uuid])
    return Todo(icon=icon, words=sentence, work=application.title, url=url, since=waiting.since)


def _requests(requests: Iterable[ChangeRequest]) -> Iterator[Todo]:
    """One line for all changes of a thesis that are to be made, and one for those to be looked at."""
    groups: dict[tuple[Thesis, str], list[ChangeRequest]] = defaultdict(list)
    for request in requests:
        groups[request.thesis, request.state].append(request)
    for (thesis, state), found in groups.items():
        count, blocking = len(found), sum(request.blocking for request in found)
        if state == RequestState.OPEN:
            words = ngettext("Make %(count)d requested change", "Make %(count)d requested changes", count)
        else:
            words = ngettext("Look at %(count)d change that is made", "Look at %(count)d changes that are made", count)
        badge = ngettext("%(count)d blocking", "%(count)d blocking", blocking) % {"count": blocking}
        yield Todo(
            icon="message-square-text",
            words=words % {"count": count},
            work=thesis.title,
            url=reverse("thesis:requests", args=[thesis.uuid]),
            badge=badge if blocking else "",
            care=bool(blocking),
        )


def _extension(extension: Extension) -> Todo:
    return Todo(
        icon="alarm-clock",
        words=_("Decide whether %(name)s gets more time") % {"name": extension.asked_by},
        work=extension.thesis.title,
        url=reverse("thesis:extensions", args=[extension.thesis.uuid]),
        since=extension.created_at,
        care=True,
    )
