"""Meetings: planned, moved, held with minutes, cancelled. Action items are tasks that name their meeting."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from digi.accounts import names
from digi.accounts.models import User
from digi.errors import Conflict, Invalid
from thesis.models import Meeting, MeetingState, Thesis, ThesisMember
from thesis.services import actions, happenings, plan, telling
from thesis.services.actions import TITLE, Item
from thesis.services.locking import change as change_row
from thesis.services.locking import lock

AT_MOST = 300  # meetings of one thesis
LONGEST = 24 * 60  # minutes


@transaction.atomic
def arrange(*, thesis: Thesis, by: User, starts_at: datetime, **values: Any) -> Meeting:
    """Plan a meeting; everybody on the thesis is told."""
    plan.working(thesis, by)
    _check(values)
    if thesis.meetings.count() >= AT_MOST:
        raise Conflict(_("No more of these fit into one thesis."), code="full", limit=AT_MOST)

    meeting = Meeting.objects.create(thesis=thesis, created_by=by, starts_at=starts_at, **values)
    happenings.record(thesis, "meeting.added", meeting.uuid)
    telling.meeting_moved(meeting, "planned", by=by)
    return meeting


@transaction.atomic
def change(*, meeting: Meeting, by: User, version: int | None = None, **changes: Any) -> Meeting:
    """Move a meeting, write its agenda or its minutes, say that it was held or is cancelled.

    Open action items of the minutes (`thesis.services.actions`) become tasks, each once: also where its task was
    renamed or removed since.
    """
    meeting = lock(meeting, version)
    plan.working(meeting.thesis, by)
    _check(changes)
    if meeting.state == MeetingState.CANCELLED and changes.get("state", meeting.state) == meeting.state:
        raise Conflict(_("The meeting is cancelled."), code="cancelled")

    before = meeting.minutes
    changed = set(change_row(meeting, changes))
    if changed:
        happenings.record(meeting.thesis, "meeting.updated", meeting.uuid)
    if "minutes" in changed:
        _make_tasks(meeting, before, by)
    if "state" in changed:
        telling.meeting_moved(meeting, str(meeting.state), by=by)
    elif changed.intersection({"starts_at", "minutes_long", "place"}):
        telling.meeting_moved(meeting, "moved", by=by)
    return meeting


def _make_tasks(meeting: Meeting, before: str, by: User) -> None:
    """Of the items that the minutes `before` did not have yet."""
    made = {_key(item) for item in actions.found_in(before)}
    known = {names.folded(title) for title in meeting.action_items.values_list("title", flat=True)}
    items = [item for item in actions.found_in(meeting.minutes) if _key(item) not in made]
    people = _people(meeting.thesis, {item.username for item in items})
    for item in items:
        assignee = people.get(item.username)
        title = item.title if assignee or not item.username else f"@{item.username} {item.title}"[:TITLE]
        if names.folded(title) not in known:
            known.add(names.folded(title))
            values: dict[str, Any] = {"assignee": assignee, "due_on": item.due_on}
            plan.add_task(thesis=meeting.thesis, by=by, title=title, meeting=meeting, **values)


def _key(item: Item) -> tuple[str, str]:
    return item.username, names.folded(item.title)


def _people(thesis: Thesis, usernames: set[str]) -> dict[str, User]:
    """Those of these names who belong to the thesis now."""
    members = ThesisMember.objects.current().filter(thesis=thesis, user__username__in=usernames)
    return {member.user.username: member.user for member in members.select_related("user")}


def _check(values: dict[str, Any]) -> None:
    if values.get("state", MeetingState.PLANNED) not in MeetingState.values:
        raise Invalid(_("There is no such state."), code="unknown_state", field="state")
    if not 1 <= values.get("minutes_long", 60) <= LONGEST:
        raise Invalid(_("A meeting lasts from one minute to a day."), code="duration", field="minutes_long")
