"""The plan of a thesis: milestones, and tasks for its people."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts import names
from digi.accounts.models import User
from digi.errors import Conflict, Forbidden, Invalid, NotFound
from thesis.models import Comment, Meeting, Milestone, Task, Thesis, ThesisMember
from thesis.services import access, discussion, happenings, telling
from thesis.services.access import Standing
from thesis.services.locking import change, lock
from thesis.states import Part, State

AT_MOST = 200  # milestones, and tasks, of one thesis
PLANNERS = (Part.STUDENT, Part.SUPERVISOR)


@transaction.atomic
def add_milestone(*, thesis: Thesis, by: User, title: str, **values: Any) -> Milestone:
    """Students and supervisors plan together."""
    planning(thesis, by)
    _room_for_more(thesis.milestones.count())
    _titled(title)
    milestone = Milestone.objects.create(thesis=thesis, title=title, **values)
    happenings.record(thesis, "milestone.added", milestone.uuid)
    return milestone


@transaction.atomic
def change_milestone(
    *, milestone: Milestone, by: User, done: bool | None = None, version: int | None = None, **changes: Any
) -> Milestone:
    milestone = lock(milestone, version)
    planning(milestone.thesis, by)
    _titled(changes.get("title", milestone.title))
    if change(milestone, changes | _finished(milestone, done)):
        happenings.record(milestone.thesis, "milestone.updated", milestone.uuid)
    return milestone


@transaction.atomic
def remove_milestone(*, milestone: Milestone, by: User, version: int | None = None) -> None:
    """Its tasks stay."""
    milestone = lock(milestone, version)
    planning(milestone.thesis, by)
    happenings.record(milestone.thesis, "milestone.removed", milestone.uuid)
    milestone.delete()


@transaction.atomic
def add_task(
    *,
    thesis: Thesis,
    by: User,
    title: str,
    assignee: User | None = None,
    milestone: Milestone | None = None,
    meeting: Meeting | None = None,
    comment: Comment | None = None,
    **values: Any,
) -> Task:
    """A task for one of the thesis's people, or for nobody yet; it names the meeting or the comment it comes from."""
    standing = working(thesis, by)
    _room_for_more(thesis.tasks.count())
    _titled(title)
    _of_thesis(thesis, assignee=assignee, milestone=milestone)
    if meeting is not None and meeting.thesis_id != thesis.pk:
        raise Invalid(_("The meeting is of another thesis."), code="unknown_meeting", field="meeting")
    if comment is not None and not _readable(thesis, comment, standing):
        raise Invalid(_("There is no such comment."), code="unknown_comment", field="comment")

    origin = {"milestone": milestone, "meeting": meeting, "comment": comment}
    task = Task.objects.create(thesis=thesis, title=title, assignee=assignee, created_by=by, **origin, **values)
    happenings.record(thesis, "task.added", task.uuid)
    telling.task_moved(task, "assigned", by=by)
    return task


@transaction.atomic
def change_task(*, task: Task, by: User, done: bool | None = None, version: int | None = None, **changes: Any) -> Task:
    """Change a task, give it to somebody else, or say that it is done."""
    task = lock(task, version)
    working(task.thesis, by)
    _titled(changes.get("title", task.title))
    _of_thesis(task.thesis, assignee=changes.get("assignee"), milestone=changes.get("milestone"))
    changed = change(task, changes | _finished(task, done))
    if changed:
        happenings.record(task.thesis, "task.updated", task.uuid)
    if "assignee" in changed:
        telling.task_moved(task, "assigned", by=by)
    if "done_at" in changed and task.done_at is not None:
        telling.task_moved(task, "done", by=by)
    return task


@transaction.atomic
def remove_task(*, task: Task, by: User, version: int | None = None) -> None:
    """Whoever made it, or a supervisor."""
    task = lock(task, version)
    standing = working(task.thesis, by)
    if task.created_by_id != by.pk and not standing.may(Part.SUPERVISOR):
        raise Forbidden(_("Only who made it or a supervisor may remove it."), code="wrong_role")
    happenings.record(task.thesis, "task.removed", task.uuid)
    task.delete()


def planning(thesis: Thesis, by: User) -> Standing:
    """Raise unless the person plans this thesis, and it is still going on."""
    standing = access.admit(thesis, by, *PLANNERS)
    _still_open(thesis)
    return standing


def working(thesis: Thesis, by: User) -> Standing:
    """As `planning`; examiners take part, too."""
    standing = access.admit(thesis, by, *PLANNERS, Part.EXAMINER)
    _still_open(thesis)
    return standing


def _still_open(thesis: Thesis) -> None:
    if thesis.state in (State.ARCHIVED, State.WITHDRAWN):
        raise Conflict(_("The thesis is closed; nothing is changed any more."), code="closed")


def _of_thesis(thesis: Thesis, *, assignee: User | None, milestone: Milestone | None) -> None:
    if assignee is not None and not ThesisMember.objects.current().filter(thesis=thesis, user=assignee).exists():
        raise NotFound(_("There is no such member."), code="unknown_person")
    if milestone is not None and milestone.thesis_id != thesis.pk:
        raise Invalid(_("The milestone is of another thesis."), code="unknown_milestone", field="milestone")


def _readable(thesis: Thesis, comment: Comment, standing: Standing) -> bool:
    return comment.thread.thesis_id == thesis.pk and discussion.reads(comment.thread, standing)


def _finished(row: Milestone | Task, done: bool | None) -> dict[str, Any]:
    if done is None or done == (row.done_at is not None):
        return {}
    return {"done_at": timezone.now() if done else None}


def _titled(title: str) -> None:
    if not names.visible(title):
        raise Invalid(_("A title is needed."), code="title_missing", field="title")


def _room_for_more(count: int) -> None:
    if count >= AT_MOST:
        raise Conflict(_("No more of these fit into one thesis."), code="full", limit=AT_MOST)
