"""What stands about a thesis, as plain values for JSON: each part as far as its asker may read it."""

from datetime import date, datetime
from typing import Any

from digi.accounts.models import User
from digi.moments import moment
from thesis.models import Thesis
from thesis.services import marks, timeline
from thesis.services.access import Standing
from thesis.services.discussion import threads_for
from thesis.services.requests import requests_for

Part = dict[str, Any]


def described(thesis: Thesis) -> Part:
    """What the thesis says about itself, and its people, former ones too."""
    fields = ("title", "abstract", "kind", "language", "state", "visibility", "late")
    days = ("embargo_until", "start_on", "due_on")
    members = thesis.members.select_related("user").order_by("pk")
    return (
        {"id": str(thesis.uuid)}
        | {name: getattr(thesis, name) for name in fields}
        | {name: _day(getattr(thesis, name)) for name in days}
        | {"submitted_at": _moment(thesis.submitted_at)}
        | {
            "members": [
                {
                    "id": str(member.uuid),
                    "name": str(member.user),
                    "role": member.role,
                    "joined_at": moment(member.joined_at),
                    "left_at": _moment(member.left_at),
                }
                for member in members
            ]
        }
    )


def history(thesis: Thesis) -> list[Part]:
    """Every step, with what its hash covers."""
    return [
        {
            "n": step.n,
            "from": step.from_state,
            "to": step.to_state,
            "actor": str(step.actor.uuid) if step.actor else None,
            "reason": step.reason,
            "details": step.details,
            "at": step.at.isoformat(timespec="microseconds"),
            "back": step.back,
            "hash": step.hash,
        }
        for step in thesis.transitions.select_related("actor").order_by("n")
    ]


def happened(thesis: Thesis, by: User) -> list[Part]:
    """The timeline as its page shows it, the newest first."""
    return [
        {
            "kind": entry.kind,
            "id": entry.id,
            "at": moment(entry.at),
            "by": _name(entry.actor),
            "title": str(entry.title),
            "detail": entry.detail,
        }
        for entry in timeline.of(thesis, by=by).results
    ]


def talks(thesis: Thesis, standing: Standing) -> list[Part]:
    """The threads that the person may read; deleted comments stay out."""
    threads = threads_for(thesis, standing).select_related("on")
    threads = threads.prefetch_related("comments__author", "comments__guest").order_by("pk")
    return [
        {
            "id": str(thread.uuid),
            "version": str(thread.on.uuid) if thread.on else None,
            "page": thread.page,
            "quote": thread.quote,
            "visibility": thread.visibility,
            "resolved": thread.resolved_at is not None,
            "comments": [
                {
                    "id": str(comment.uuid),
                    "at": moment(comment.created_at),
                    "by": str(comment.author or comment.guest),
                    "text": comment.body,
                }
                for comment in sorted(thread.comments.all(), key=lambda comment: comment.pk)
                if comment.deleted_at is None
            ],
        }
        for thread in threads
    ]


def change_requests(thesis: Thesis, standing: Standing) -> list[Part]:
    """Those whose comment the person may read."""
    rows: Any = requests_for(thesis, standing).select_related("comment", "requested_by").order_by("pk")
    return [
        {
            "id": str(row.uuid),
            "comment": str(row.comment.uuid),
            "by": str(row.requested_by),
            "blocking": row.blocking,
            "state": row.state,
            "asked_at": moment(row.created_at),
            "done_at": _moment(row.done_at),
            "verified_at": _moment(row.verified_at),
        }
        for row in rows
    ]


def milestones(thesis: Thesis) -> list[Part]:
    return [
        {
            "id": str(row.uuid),
            "title": row.title,
            "due_on": _day(row.due_on),
            "weight": row.weight,
            "done_at": _moment(row.done_at),
        }
        for row in thesis.milestones.order_by("pk")
    ]


def tasks(thesis: Thesis) -> list[Part]:
    rows = thesis.tasks.select_related("assignee", "milestone", "meeting", "created_by").order_by("pk")
    return [
        {
            "id": str(row.uuid),
            "title": row.title,
            "note": row.note,
            "due_on": _day(row.due_on),
            "assignee": _name(row.assignee),
            "milestone": str(row.milestone.uuid) if row.milestone else None,
            "meeting": str(row.meeting.uuid) if row.meeting else None,
            "by": str(row.created_by),
            "done_at": _moment(row.done_at),
        }
        for row in rows
    ]


def meetings(thesis: Thesis) -> list[Part]:
    return [
        {
            "id": str(row.uuid),
            "starts_at": moment(row.starts_at),
            "minutes_long": row.minutes_long,
            "place": row.place,
            "state": row.state,
            "agenda": row.agenda,
            "minutes": row.minutes,
            "by": str(row.created_by),
        }
        for row in thesis.meetings.select_related("created_by").order_by("starts_at")
    ]


def extensions(thesis: Thesis) -> list[Part]:
    return [
        {
            "id": str(row.uuid),
            "due_before": _day(row.due_before),
            "due_on": _day(row.due_on),
            "reason": row.reason,
            "state": row.state,
            "by": str(row.asked_by),
            "decided_by": _name(row.decided_by),
            "decided_at": _moment(row.decided_at),
            "answer": row.answer,
        }
        for row in thesis.extensions.select_related("asked_by", "decided_by").order_by("pk")
    ]


def judged(thesis: Thesis, by: User, standing: Standing) -> Part:
    """Marks and reports that the person may see at this moment."""
    seen = marks.marks_for(thesis, by, standing).select_related("student", "entered_by").order_by("pk")
    reports = marks.reports_for(thesis, by, standing).select_related("examiner").order_by("pk")
    return {
        "marks": [
            {
                "student": str(mark.student),
                "mark": str(mark.value),
                "by": str(mark.entered_by),
                "published_at": _moment(mark.published_at),
            }
            for mark in seen
        ],
        "reports": [
            {"examiner": str(row.examiner), "report": row.report, "submitted_at": _moment(row.submitted_at)}
            for row in reports
        ],
    }


def _name(user: User | None) -> str | None:
    return str(user) if user else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(at: datetime | None) -> str | None:
    return moment(at) if at else None
