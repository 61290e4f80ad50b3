"""What happened on a thesis, in one list: a fixed number of queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from digi.accounts.models import User
from thesis.models import DocumentVersion, ExtensionState, Meeting, MeetingState, Thesis, Transition
from thesis.services import access, history

AT_MOST = 200  # entries of each sort, the newest


@dataclass(frozen=True, slots=True)
class Entry:
    """`id` is the public id of what it is about, for a step its number."""

    kind: str
    id: str
    at: datetime
    actor: User | None
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """`broken_at` is the first line of the chain that does not hold; None where all do."""

    results: list[Entry]
    steps: list[Transition]
    broken_at: int | None


def of(thesis: Thesis, *, by: User) -> Timeline:
    """The newest first; for those who work on the thesis."""
    access.admit(thesis, by)
    steps = list(thesis.transitions.select_related("actor__avatar").order_by("-n"))
    entries = [
        *(_step(step) for step in steps[:AT_MOST]),
        *_versions(thesis),
        *_meetings(thesis),
        *_extensions(thesis),
        *_milestones(thesis),
    ]
    return Timeline(sorted(entries, key=lambda entry: entry.at, reverse=True), steps, history.verify(thesis))


def _step(step: Transition) -> Entry:
    return Entry("step", str(step.n), step.at, step.actor, step.get_to_state_display(), step.reason)


def _versions(thesis: Thesis) -> Iterator[Entry]:
    versions = DocumentVersion.objects.filter(document__thesis=thesis)
    for version in versions.select_related("document", "uploaded_by__avatar").order_by("-pk")[:AT_MOST]:
        title = _("%(document)s, version %(n)d") % {"document": version.document, "n": version.n}
        yield Entry("version", str(version.uuid), version.created_at, version.uploaded_by, title, version.note)


def _meetings(thesis: Thesis) -> Iterator[Entry]:
    held: Any = Meeting.objects.filter(thesis=thesis, state=MeetingState.HELD)
    for meeting in held.select_related("created_by__avatar").order_by("-starts_at")[:AT_MOST]:
        yield Entry("meeting", str(meeting.uuid), meeting.starts_at, meeting.created_by, _("Meeting"), meeting.place)


def _extensions(thesis: Thesis) -> Iterator[Entry]:
    decided = thesis.extensions.exclude(state=ExtensionState.ASKED).select_related("decided_by__avatar")
    for extension in decided.order_by("-decided_at")[:AT_MOST]:
        at = extension.decided_at or extension.created_at
        title = extension.get_state_display()
        yield Entry("extension", str(extension.uuid), at, extension.decided_by, title, extension.due_on.isoformat())


def _milestones(thesis: Thesis) -> Iterator[Entry]:
    for milestone in thesis.milestones.order_by("-done_at"):
        if milestone.done_at is not None:
            yield Entry("milestone", str(milestone.uuid), milestone.done_at, None, milestone.title)
