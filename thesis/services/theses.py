"""Theses: opened, described, and taken from state to state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts import names
from digi.accounts.models import Role, User
from digi.audit import services as audit
from digi.errors import Conflict, DigiError, Forbidden, Invalid
from thesis import days, states
from thesis.models import MemberRole, Programme, Thesis, Topic, Transition, Visibility
from thesis.services import access, facts, happenings, history, members, papers, receipts, telling
from thesis.services.locking import change as change_row
from thesis.services.locking import lock
from thesis.states import Facts, Need, Part, Rule, State

DESCRIBED = frozenset({"title", "abstract", "kind", "language", "start_on", "due_on", "defence_at"})
FOR_STUDENTS = frozenset({"title", "abstract", "language"})
IN_THEIR_HANDS = (State.DRAFT, State.PROPOSAL, State.PROPOSAL_REVIEW, State.WRITING, State.REVISION)
SHOWN = frozenset({"visibility", "embargo_until"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that leads on from here. `reason` says what stands in the way; empty where nothing does."""

    to: State
    reason: str
    needs: tuple[Need, ...]
    back: bool


@transaction.atomic
def create(
    *, programme: Programme, title: str, kind: str, by: User, topic: Topic | None = None, language: str = "en"
) -> Thesis:
    """A draft of one's own making: who supervises in the department becomes its supervisor, a coordinator does not."""
    department = programme.department_id
    supervises = access.has_role(by, department, Role.SUPERVISOR)
    if not supervises and not access.coordinates(by, department):
        raise Forbidden(_("Only supervisors and coordinators of the department open theses."), code="wrong_role")
    if topic is not None and topic.programme_id != programme.pk:
        raise Invalid(_("The topic is of another programme."), code="unknown_topic", field="topic")

    thesis = open_draft(programme=programme, title=title, kind=kind, by=by, topic=topic, language=language)
    if supervises:
        members.bring_in(thesis=thesis, people=[(by, MemberRole.SUPERVISOR)], by=by)
    return thesis


@transaction.atomic
def open_draft(
    *, programme: Programme, title: str, kind: str, by: User, topic: Topic | None = None, language: str = "en"
) -> Thesis:
    """A draft without members, for services that have asked who may; its opening is the first line of its history."""
    if not names.visible(title):
        raise Invalid(_("A thesis needs a title."), code="title_missing", field="title")
    thesis = Thesis(programme=programme, topic=topic, title=title, kind=kind, language=language)
    thesis.save(force_insert=True)
    history.add(thesis, to=State.DRAFT, actor=by)
    thesis.save(update_fields=["state", "head", "head_hash"])
    audit.record(action="thesis.opened", actor=by, target=audit.target_of(thesis))
    return thesis


@transaction.atomic
def change(*, thesis: Thesis, by: User, version: int | None = None, **changes: Any) -> Thesis:
    """Change what a thesis says about itself.

    Students describe it until they hand it in; the rest, and who may read it, is for supervisors. Raises `Invalid` for
    dates in the wrong order and for fields that are not here.
    """
    thesis = lock(thesis, version)
    standing = access.admit(thesis, by, Part.STUDENT, Part.SUPERVISOR)
    for_students = FOR_STUDENTS if thesis.state in IN_THEIR_HANDS else frozenset[str]()
    if not standing.may(Part.SUPERVISOR) and set(changes) - for_students:
        raise Forbidden(access.only((Part.SUPERVISOR,)), code="wrong_role")
    if unknown := set(changes) - DESCRIBED - SHOWN:
        raise Invalid(_("This cannot be changed here."), code="unknown_field", fields=sorted(unknown))
    if thesis.state in (State.ARCHIVED, State.WITHDRAWN):
        raise Conflict(_("The thesis is closed; nothing is changed any more."), code="closed")
    _check(thesis, changes)

    changed = change_row(thesis, changes)
    if changed:
        audit.record(
            action="thesis.changed", actor=by, target=audit.target_of(thesis), details={"changed": sorted(changed)}
        )
        thesis.save(update_fields=["search_text", "changed_at"])
        happenings.record(thesis, "thesis.changed", thesis.uuid)
    if "due_on" in changed:
        telling.due_changed(thesis, by=by)
    return thesis


@transaction.atomic
def transition(
    *,
    thesis: Thesis,
    to: str,
    by: User | None,
    reason: str = "",
    due_on: date | None = None,
    declaration: bool = False,
    version: int | None = None,
) -> Transition:
    """Take a thesis to another state, as the table in `thesis.states` allows; `by` None is the server itself.

    Raises `NotFound` to outsiders, `Forbidden` where another part is asked for, `Conflict` where a guard does not hold
    or no such step leads on from here, `Invalid` where something must be given along, `Stale` for an old version.
    """
    thesis = lock(thesis, version)
    standing = access.admit(thesis, by)
    steps = history.standing(thesis)
    known = facts.gather(thesis, steps)
    rule = _rule(thesis, to, standing.parts, known)
    given = _given(rule, standing.parts, reason=reason, due_on=due_on, declaration=declaration)

    details = _take_effect(thesis, rule, known, steps, due_on)
    step = history.add(thesis, to=rule.to, actor=by, reason=given, details=details, back=rule.back)
    thesis.version += 1
    thesis.save()
    _record(thesis, step, by)
    happenings.record(thesis, "state.changed", thesis.uuid, to=str(rule.to))
    telling.state_changed(thesis, cast(Transition, step), by=by)
    if rule.to == State.SUBMITTED and not rule.back:
        receipts.issue(thesis=thesis, step=cast(Transition, step))
    return cast(Transition, step)


def choices(*, thesis: Thesis, by: User) -> list[Choice]:
    """Every step that leads on from where the thesis stands, with what keeps this person from it."""
    standing = access.admit(thesis, by)
    known = facts.gather(thesis, history.standing(thesis))
    found: dict[State, Choice] = {}
    for rule in states.rules_from(State(thesis.state), known.before):
        refusal = _refusal(rule, standing.parts, known)
        if rule.to in found and (refusal or not found[rule.to].reason):
            continue
        if rule.back and Part.COORDINATOR not in standing.parts:
            continue
        needs = states.needs_of(rule, standing.parts) if refusal is None else rule.needs
        found[rule.to] = Choice(rule.to, str(refusal.message) if refusal else "", needs, rule.back)
    return list(found.values())


def _rule(thesis: Thesis, to: str, parts: Iterable[Part], known: Facts) -> Rule:
    """The rule to go by: of those that lead there, one that lets the person through."""
    rules = [rule for rule in states.rules_from(State(thesis.state), known.before) if rule.to == to]
    if not rules:
        sentence = _("From “%(here)s” no step leads to “%(there)s”.")
        there = State(to).label if to in State.values else to
        raise Conflict(sentence % {"here": thesis.get_state_display(), "there": there}, code="no_such_step")

    refusals = [_refusal(rule, parts, known) for rule in rules]
    for rule, refusal in zip(rules, refusals, strict=True):
        if refusal is None:
            return rule
    raise cast(DigiError, refusals[0])


def _refusal(rule: Rule, parts: Iterable[Part], known: Facts) -> DigiError | None:
    if sentence := states.wrong_part(rule, parts):
        return Forbidden(sentence, code="wrong_role")
    if sentence := rule.guard(known):
        return Conflict(sentence, code="blocked")
    return None


def _given(rule: Rule, parts: Iterable[Part], *, reason: str, due_on: date | None, declaration: bool) -> str:
    """The reason as it is kept; raises `Invalid` where something that the step needs was not given."""
    there = {
        Need.REASON: bool(reason.strip()),
        Need.DUE: due_on is not None,
        Need.DECLARATION: declaration,
    }
    for need in states.needs_of(rule, parts):
        if not there[need]:
            raise Invalid(need.label, code=f"{need}_missing", field=str(need))
    if due_on is not None and Need.DUE in rule.needs and due_on <= days.today():
        raise Invalid(_("The new due date must lie ahead."), code="date_passed", field="due_on")
    return reason.strip()


def _take_effect(
    thesis: Thesis, rule: Rule, known: Facts, steps: list[Transition], due_on: date | None
) -> dict[str, Any]:
    """What a step changes beside the state; what it answers is kept in the history."""
    if rule.back:
        return _take_back(thesis, steps)
    if rule.to == State.SUBMITTED:
        return _freeze(thesis, known)
    if rule.to == State.REVISION and due_on is not None:
        details = {"due_before": _day(thesis.due_on), "due_on": _day(due_on)}
        thesis.due_on = due_on
        return details
    if rule.to == State.COMPLETED:
        thesis.completed_at = timezone.now()
        thesis.kept_until = days.years_after(days.today(), thesis.programme.retention_years)
    return {}


def _freeze(thesis: Thesis, known: Facts) -> dict[str, Any]:
    final = papers.of(thesis).final
    assert final is not None  # noqa: S101 - the guard has seen it
    thesis.submitted_at, thesis.late = timezone.now(), known.overdue
    return {
        "declaration": True,
        "late": known.overdue,
        "version": str(final.uuid),
        "sha256": final.sha256,
    }


def _take_back(thesis: Thesis, steps: list[Transition]) -> dict[str, Any]:
    *earlier, undone = steps
    if undone.to_state == State.SUBMITTED:
        before = next((step for step in reversed(earlier) if step.to_state == State.SUBMITTED), None)
        thesis.submitted_at = before.at if before else None
        thesis.late = bool(before and before.details.get("late"))
    elif undone.to_state == State.REVISION:
        thesis.due_on = date.fromisoformat(undone.details["due_before"]) if undone.details["due_before"] else None
    elif undone.to_state == State.COMPLETED:
        thesis.completed_at = thesis.kept_until = None
    return {"undoes": undone.n}


def _record(thesis: Thesis, step: Any, by: User | None) -> None:
    details = {"from": step.from_state, "to": step.to_state, "n": step.n}
    audit.record(action="thesis.moved", actor=by, target=audit.target_of(thesis), details=details)


def _check(thesis: Thesis, changes: dict[str, Any]) -> None:
    start, due = changes.get("start_on", thesis.start_on), changes.get("due_on", thesis.due_on)
    if start and due and due < start:
        raise Invalid(_("The due date lies before the start."), code="dates_reversed", field="due_on")
    if not names.visible(changes.get("title", thesis.title)):
        raise Invalid(_("A thesis needs a title."), code="title_missing", field="title")
    if changes.get("visibility", thesis.visibility) not in Visibility.values:
        raise Invalid(_("There is no such visibility."), code="unknown_visibility", field="visibility")


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
