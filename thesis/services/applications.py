"""Applications: handed in, decided, answered; an accepted offer opens the thesis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts import names
from digi.accounts.models import Role, User
from digi.audit import services as audit
from digi.errors import Conflict, Forbidden, Invalid, NotFound
from digi.files.models import StoredFile
from thesis import states
from thesis.models import Application, InterviewSlot, MemberRole, Programme, Rejection, Thesis, Topic, TopicState
from thesis.services import access, history, members, telling, theses, topics
from thesis.services.applicants import needs_student, owners, parts_of, supervisors
from thesis.services.locking import keep, lock
from thesis.states import ApplicationFacts, ApplicationRule, ApplicationState, Need, Part

SLOTS_AT_MOST = 20
NEEDS_SUPERVISOR = (ApplicationState.OFFERED, ApplicationState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that an owner offers for an interview."""

    starts_at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class Verb:
    """What may be done with an application; `reason` says what stands in the way, empty where nothing does."""

    verb: str
    to: ApplicationState
    reason: str
    needs: tuple[Need, ...]


@transaction.atomic
def apply_for_topic(
    *, topic: Topic, by: User, kind: str, motivation: str = "", cv: str = "", cv_file: StoredFile | None = None
) -> Application:
    """Apply for a topic that is open and has places left. One open application a topic."""
    topic = lock(topic)
    needs_student(by, topic.programme)
    if not Topic.objects.visible_to(by).filter(pk=topic.pk).exists():
        raise NotFound(_("There is no such topic."))
    if hindrance := topics.closed_because(topic):
        raise hindrance
    if topic.kind_list and kind not in topic.kind_list:
        raise Invalid(_("The topic is not offered for this kind of thesis."), code="wrong_kind", field="kind")

    application = Application(
        programme=topic.programme,
        topic=topic,
        title=topic.title,
        open_key=f"{by.pk}:topic:{topic.pk}",
        cv_file=cv_file,
        **_common(topic.programme, by, kind, motivation, cv),
    )
    return _hand_in(application)


@transaction.atomic
def apply_with_title(
    *,
    programme: Programme,
    title: str,
    supervisor: User,
    by: User,
    kind: str,
    motivation: str = "",
    cv: str = "",
    cv_file: StoredFile | None = None,
) -> Application:
    """Apply with a title of one's own, and ask a supervisor of the department."""
    needs_student(by, programme)
    if not names.visible(title):
        raise Invalid(_("A thesis needs a title."), code="title_missing", field="title")
    asked = User.objects.present().filter(pk=supervisor.pk).exists()
    if not asked or not access.has_role(supervisor, programme.department_id, Role.SUPERVISOR):
        raise Invalid(_("This person is no supervisor of the department."), code="no_supervisor", field="supervisor")

    application = Application(
        programme=programme,
        supervisor=supervisor,
        title=title,
        open_key=f"{by.pk}:asked:{supervisor.pk}",
        cv_file=cv_file,
        **_common(programme, by, kind, motivation, cv),
    )
    return _hand_in(application)


def shortlist(*, application: Application, by: User, reason: str = "", version: int | None = None) -> Application:
    return _step("shortlist", application, by, reason, version)


def invite(
    *, application: Application, by: User, slots: Sequence[Slot], reason: str = "", version: int | None = None
) -> Application:
    """Ask for an interview at one of these times; the student picks one."""
    return _step("interview", application, by, reason, version, slots=slots)


def offer(*, application: Application, by: User, reason: str = "", version: int | None = None) -> Application:
    """Offer the place; it stands for the programme's days."""
    return _step("offer", application, by, reason, version)


def accept(*, application: Application, by: User, version: int | None = None) -> Application:
    """Take the offer: opens the thesis, with its members and a chat room for each student and supervisor."""
    return _step("accept", application, by, "", version)


def reject(
    *, application: Application, by: User, rejection: str, reason: str = "", version: int | None = None
) -> Application:
    """Turn an application down for one of the listed reasons; `reason` adds words."""
    return _step("reject", application, by, reason, version, rejection=rejection)


def withdraw(*, application: Application, by: User, reason: str = "", version: int | None = None) -> Application:
    return _step("withdraw", application, by, reason, version)


def expire(*, application: Application) -> Application:
    """What the worker does to an application whose time is over."""
    return _step("expire", application, None, "", None)


@transaction.atomic
def pick(*, application: Application, slot: InterviewSlot, by: User) -> InterviewSlot:
    """Choose the time of the interview, or another one, as long as the interview is ahead."""
    application = lock(application)
    parts = parts_of(application, by)
    if Part.STUDENT not in parts:
        raise Forbidden(access.only((Part.STUDENT,)), code="wrong_role")
    if application.state != ApplicationState.INTERVIEW or slot.application_id != application.pk:
        raise NotFound(_("There is no such time to choose."), code="unknown_slot")
    if slot.starts_at <= timezone.now():
        raise Conflict(_("This time has passed."), code="date_passed")

    application.slots.update(picked=False)
    slot.picked = True
    slot.save(update_fields=["picked", "changed_at"])
    keep(application)
    audit.record(action="application.slot_picked", actor=by, target=audit.target_of(application))
    telling.slot_picked(application, owners(application), slot, by=by)
    return slot


def verbs(*, application: Application, by: User) -> list[Verb]:
    """Everything that the state allows somebody to do, with what keeps this person from it."""
    parts = parts_of(application, by)
    known = _facts(application)
    found = []
    for rule in states.APPLICATION_RULES:
        if states.wrong_state(rule, application.state) or Part.WORKER in rule.parts:
            continue
        wrong = states.wrong_part(rule, parts)
        needs = rule.needs if wrong else states.needs_of(rule, parts)
        found.append(Verb(rule.verb, rule.to, str(wrong or rule.guard(known) or ""), needs))
    return found


@transaction.atomic
def _step(
    verb: str,
    application: Application,
    by: User | None,
    reason: str,
    version: int | None,
    *,
    slots: Sequence[Slot] = (),
    rejection: str = "",
) -> Application:
    """One verb: the topic is locked before its application, so that two offers see each other's."""
    if application.topic is not None:
        lock(application.topic)
    application = lock(application, version)
    parts = parts_of(application, by)
    rule = states.application_rule(verb)
    if sentence := states.wrong_part(rule, parts):
        raise Forbidden(sentence, code="wrong_role")
    if sentence := states.wrong_state(rule, application.state):
        raise Conflict(sentence, code="wrong_state", state=str(application.state))
    if sentence := rule.guard(_facts(application)):
        raise Conflict(sentence, code="blocked")
    if rule.to in NEEDS_SUPERVISOR and not supervisors(application):
        raise Conflict(_("The thesis has no supervisor yet."), code="no_supervisor")
    _check_given(rule, parts, reason=reason, slots=slots, rejection=rejection)

    details = _take_effect(application, rule, by, slots, rejection)
    history.add(application, to=rule.to, actor=by, reason=reason.strip(), details=details)
    if application.state not in states.OPEN:
        application.open_key = None
    application.version += 1
    application.save()
    audit.record(action=f"application.{verb}", actor=by, target=audit.target_of(application))
    telling.application_moved(application, verb, owners(application), by=by)
    return application


def _check_given(
    rule: ApplicationRule, parts: set[Part], *, reason: str, slots: Sequence[Slot], rejection: str
) -> None:
    there = {
        Need.REASON: bool(reason.strip()),
        Need.SLOTS: bool(slots),
        Need.TYPED_REASON: rejection in Rejection.values,
    }
    for need in states.needs_of(rule, parts):
        if not there[need]:
            raise Invalid(need.label, code=f"{need}_missing", field=str(need))
    if rejection == Rejection.OTHER and not reason.strip():
        raise Invalid(Need.REASON.label, code="reason_missing", field="reason")
    if len(slots) > SLOTS_AT_MOST or len({slot.starts_at for slot in slots}) < len(slots):
        raise Invalid(_("Offer each time once, and not too many of them."), code="slots", limit=SLOTS_AT_MOST)
    if any(slot.starts_at <= timezone.now() for slot in slots):
        raise Invalid(_("The times must lie ahead."), code="date_passed", field="slots")


def _take_effect(
    application: Application, rule: ApplicationRule, by: User | None, slots: Sequence[Slot], rejection: str
) -> dict[str, Any]:
    """What a step changes beside the state; what it answers is kept in the history."""
    if rule.to == ApplicationState.INTERVIEW:
        InterviewSlot.objects.bulk_create(
            [InterviewSlot(application=application, starts_at=slot.starts_at, place=slot.place) for slot in slots]
        )
    elif rule.to == ApplicationState.OFFERED:
        application.expires_at = timezone.now() + timedelta(days=application.programme.offer_days)
        application.warned = None
    elif rule.to == ApplicationState.REJECTED:
        application.rejection = rejection
        return {"rejection": rejection}
    elif rule.to == ApplicationState.ACCEPTED:
        assert by is not None  # noqa: S101 - the rule names the student
        application.thesis = _open_thesis(application, by)
        return {"thesis": str(application.thesis.uuid)}
    return {}


def _open_thesis(application: Application, by: User) -> Thesis:
    topic = application.topic
    thesis = theses.open_draft(
        programme=application.programme, title=application.title, kind=application.kind, by=by, topic=topic
    )
    first, *others = supervisors(application)
    people = [(application.student, MemberRole.STUDENT), (first, MemberRole.SUPERVISOR)]
    people += [(other, MemberRole.CO_SUPERVISOR) for other in others]
    members.bring_in(thesis=thesis, people=people, by=by)
    if topic is not None and topics.taken(topic) + 1 >= topic.capacity:
        topic.state = TopicState.FILLED
        keep(topic, "state")
    return thesis


def _hand_in(application: Application) -> Application:
    by = application.student
    if by in owners(application):
        raise Invalid(_("Nobody is a student and something else of one thesis."), code="two_sides")
    try:
        with transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("You have an open application for this already."), code="already_applied") from None
    history.add(application, to=ApplicationState.SUBMITTED, actor=by)
    application.save(update_fields=["state", "head", "head_hash"])
    audit.record(action="application.handed_in", actor=by, target=audit.target_of(application))
    telling.application_moved(application, "apply", owners(application), by=by)
    return application


def _common(programme: Programme, by: User, kind: str, motivation: str, cv: str) -> dict[str, Any]:
    expires_at = timezone.now() + timedelta(weeks=programme.expiry_weeks)
    return {"student": by, "kind": kind, "motivation": motivation, "cv": cv, "expires_at": expires_at}


def _facts(application: Application) -> ApplicationFacts:
    topic = application.topic
    places = 1 if topic is None else topic.places_left()
    return ApplicationFacts(places_left=places, expired=application.expires_at <= timezone.now())
