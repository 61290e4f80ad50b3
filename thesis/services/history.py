"""The one way into the history of a thesis or an application, and the check that nobody went another way.

A step's hash is SHA-256, in hexadecimal, over the hash before (nothing for the first), a line feed and the compact
UTF-8 JSON array `[subject, n, from, to, actor, reason, details, at, back]`: `subject` and `actor` are public ids (null
for the server itself), `details` has its keys sorted, `at` is UTC in microseconds
(`2026-03-12T09:34:00.000000+00:00`). Whoever holds these values can compute it without the server.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from digi.accounts.models import User
from thesis.models import Application, ApplicationStep, Thesis, Transition


def add(
    subject: Thesis | Application,
    *,
    to: str,
    actor: User | None,
    reason: str = "",
    details: dict[str, Any] | None = None,
    back: bool = False,
) -> Transition | ApplicationStep:
    """Write the next step of a locked row. Sets the row's state and chain; saving them is the caller's."""
    step: Transition | ApplicationStep
    if isinstance(subject, Thesis):
        step = Transition(thesis=subject, back=back)
    else:
        step = ApplicationStep(application=subject)
    step.n, step.at = subject.head + 1, timezone.now()
    step.from_state = subject.state if subject.head else ""
    step.to_state, step.actor, step.reason, step.details = to, actor, reason, details or {}
    step.hash = link(subject.head_hash, subject=str(subject.uuid), step=step, actor=str(actor.uuid) if actor else None)
    step.save(force_insert=True)
    subject.state, subject.head, subject.head_hash = to, step.n, step.hash
    return step


def link(before: str, *, subject: str, step: Transition | ApplicationStep, actor: str | None) -> str:
    """The hash of a step, given the hash before."""
    return hashlib.sha256(f"{before}\n{_line(subject, step, actor)}".encode()).hexdigest()


def line(step: Transition | ApplicationStep) -> str:
    """The text that a step's hash covers beside the hash before."""
    subject = step.thesis if isinstance(step, Transition) else step.application
    return _line(str(subject.uuid), step, str(step.actor.uuid) if step.actor else None)


def verify(subject: Thesis | Application) -> int | None:
    """The number of the first step that is missing, moved or altered; None when the whole history holds."""
    steps: Any = subject.transitions if isinstance(subject, Thesis) else subject.steps
    before, n = "", 0
    for step in steps.select_related("actor").order_by("n"):
        n += 1
        before = link(
            before, subject=str(subject.uuid), step=step, actor=str(step.actor.uuid) if step.actor_id else None
        )
        if step.n != n or step.hash != before:
            return n
    return None if (subject.head, subject.head_hash) == (n, before) else n + 1


def standing(thesis: Thesis) -> list[Transition]:
    """The steps that were not taken back, the oldest first; the opening of the thesis is the first of them."""
    standing: list[Transition] = []
    for step in thesis.transitions.order_by("n"):
        if not step.back:
            standing.append(step)
        elif standing:
            standing.pop()
    return standing


def undoable(steps: list[Transition]) -> Transition | None:
    """Which of the standing steps a coordinator would take back: the last one, but never the opening."""
    return steps[-1] if steps and steps[-1].from_state else None


def _line(subject: str, step: Transition | ApplicationStep, actor: str | None) -> str:
    fields = [
        subject,
        step.n,
        step.from_state,
        step.to_state,
        actor,
        step.reason,
        step.details,
        _stamp(step.at),
        isinstance(step, Transition) and step.back,
    ]
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
