"""The rules: which state follows which, who may take a thesis or an application there, and what must hold first.

Pure: nothing here reads a database. Services gather facts; what stands in the way is a sentence for the person.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi.errors import Sentence
from thesis.obstacles import Obstacle, Remedy


class State(TextChoices):
    DRAFT = "draft", gettext_lazy("Draft")
    PROPOSAL = "proposal", gettext_lazy("Proposal")
    PROPOSAL_REVIEW = "proposal_review", gettext_lazy("Proposal review")
    WRITING = "writing", gettext_lazy("Writing")
    SUBMITTED = "submitted", gettext_lazy("Submitted")
    UNDER_REVIEW = "under_review", gettext_lazy("Under review")
    REVISION = "revision", gettext_lazy("Revision")
    DEFENCE = "defence", gettext_lazy("Defence")
    GRADED = "graded", gettext_lazy("Graded")
    COMPLETED = "completed", gettext_lazy("Completed")
    ARCHIVED = "archived", gettext_lazy("Archived")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


FINISHED = frozenset({State.COMPLETED, State.ARCHIVED})
ACTIVE = frozenset(State) - FINISHED - {State.WITHDRAWN}


class ApplicationState(TextChoices):
    SUBMITTED = "submitted", gettext_lazy("Submitted")
    SHORTLISTED = "shortlisted", gettext_lazy("Shortlisted")
    INTERVIEW = "interview", gettext_lazy("Interview")
    OFFERED = "offered", gettext_lazy("Offered")
    ACCEPTED = "accepted", gettext_lazy("Accepted")
    REJECTED = "rejected", gettext_lazy("Rejected")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")
    EXPIRED = "expired", gettext_lazy("Expired")


OPEN = (ApplicationState.SUBMITTED, ApplicationState.SHORTLISTED, ApplicationState.INTERVIEW, ApplicationState.OFFERED)


class Part(TextChoices):
    """What part somebody plays when a rule asks who it is. The worker is the machine itself."""

    STUDENT = "student", gettext_lazy("a student")
    SUPERVISOR = "supervisor", gettext_lazy("a supervisor")
    EXAMINER = "examiner", gettext_lazy("an examiner")
    OWNER = "owner", gettext_lazy("an owner of the topic")
    COORDINATOR = "coordinator", gettext_lazy("a coordinator")
    WORKER = "worker", gettext_lazy("the server itself")


class Need(TextChoices):
    """What must be given along with a step."""

    REASON = "reason", gettext_lazy("This needs a reason.")
    DUE = "due_on", gettext_lazy("This needs a new due date.")
    DECLARATION = "declaration", gettext_lazy("Handing in needs the declaration of authorship.")
    TYPED_REASON = "rejection", gettext_lazy("A rejection needs one of the listed reasons.")
    SLOTS = "slots", gettext_lazy("An interview needs at least one time to choose from.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a thesis's guards look at; the defaults stand for an empty thesis of a programme that asks for nothing."""

    students: int = 0
    supervisors: int = 0
    examiners: int = 0
    second_examiners: int = 0
    proposal_required: bool = False
    second_examiner_required: bool = False
    defence_required: bool = False
    proposal_uploaded: bool = False
    final_uploaded: bool = False
    final_is_newer: bool = False  # than the one handed in last
    open_requests: int = 0
    open_blocking_requests: int = 0
    dates_set: bool = False
    overdue: bool = False
    late_is_refused: bool = False
    reports_missing: int = 0
    defence_booked: bool = False
    defence_held: bool = False
    marks_unpublished: int = 0  # students without a published mark
    metadata_missing: tuple[Sentence, ...] = ()
    before: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFacts:
    """What an application's guards look at."""

    places_left: int = 1  # of the topic, offers counted; an own title has one
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table of theses. `back` marks a coordinator's step to the state before."""

    start: State
    to: State
    parts: tuple[Part, ...]
    guard: Callable[[Facts], Sentence | None]
    needs: tuple[Need, ...] = ()
    back: bool = False


@dataclass(frozen=True, slots=True)
class ApplicationRule:
    """One line of the table of applications: what `verb` does to one that stands in any of `starts`."""

    verb: str
    starts: tuple[ApplicationState, ...]
    to: ApplicationState
    parts: tuple[Part, ...]
    guard: Callable[[ApplicationFacts], Sentence | None]
    needs: tuple[Need, ...] = ()


def rules_from(state: State, before: State | None) -> list[Rule]:
    """Every step that leads out of a state, whoever may take it."""
    found = [rule for rule in RULES if rule.start == state]
    if state in ACTIVE:
        found.append(Rule(state, State.WITHDRAWN, (Part.SUPERVISOR,), _nothing, (Need.REASON,)))
    if before is not None:
        found.append(Rule(state, before, (Part.COORDINATOR,), _nothing, (Need.REASON,), back=True))
    return found


def wrong_part(rule: Rule | ApplicationRule, parts: Iterable[Part]) -> Sentence | None:
    """Why somebody who plays these parts may not take the step; None where they may.

    A coordinator may take every step of a thesis, and an owner's of an application: nobody accepts for a student.
    """
    own = set(parts)
    stands_in = Part.COORDINATOR in own and (isinstance(rule, Rule) or Part.OWNER in rule.parts)
    if stands_in or own.intersection(rule.parts):
        return None
    people = [part for part in rule.parts if part != Part.WORKER] or rule.parts
    return _("Only %(who)s may do this.") % {"who": _(" or ").join(str(part.label) for part in people)}


def needs_of(rule: Rule | ApplicationRule, parts: Iterable[Part]) -> tuple[Need, ...]:
    """What must be given: a coordinator who acts in another's place says why."""
    acts_for_others = not set(parts).intersection(rule.parts)
    extra = (Need.REASON,) if acts_for_others and Need.REASON not in rule.needs else ()
    return rule.needs + extra


def application_rule(verb: str) -> ApplicationRule:
    return next(rule for rule in APPLICATION_RULES if rule.verb == verb)


def wrong_state(rule: ApplicationRule, state: str) -> Sentence | None:
    """Why the verb does not fit an application in this state; None where it does."""
    sentence = _("The application is in the state “%(state)s”; this cannot be done there.")
    return None if state in rule.starts else sentence % {"state": ApplicationState(state).label}


# The guards of theses: what stands in the way, in words


def _nothing(facts: Facts | ApplicationFacts) -> Sentence | None:
    return None


def _has_people(facts: Facts) -> Sentence | None:
    if not facts.students:
        return Obstacle(_("The thesis has no student yet."), Remedy.MEMBERS)
    return None if facts.supervisors else Obstacle(_("The thesis has no supervisor yet."), Remedy.MEMBERS)


def _no_proposal_asked(facts: Facts) -> Sentence | None:
    return _("The programme asks for a proposal first.") if facts.proposal_required else None


def _proposal_uploaded(facts: Facts) -> Sentence | None:
    return None if facts.proposal_uploaded else Obstacle(_("No proposal is uploaded yet."), Remedy.DOCUMENTS)


def _changes_requested(facts: Facts) -> Sentence | None:
    if facts.open_requests:
        return None
    return Obstacle(_("Say what is to change first: there is no open change request."), Remedy.DISCUSSION)


def _dates_set(facts: Facts) -> Sentence | None:
    return None if facts.dates_set else Obstacle(_("Start and due date are not set yet."), Remedy.DATES)


def _can_hand_in(facts: Facts) -> Sentence | None:
    if not facts.final_uploaded:
        return Obstacle(_("No final version is uploaded yet."), Remedy.DOCUMENTS)
    return _in_time(facts)


def _can_hand_in_again(facts: Facts) -> Sentence | None:
    if not facts.final_is_newer:
        return Obstacle(_("No newer version than the one handed in last is uploaded."), Remedy.DOCUMENTS)
    if facts.open_blocking_requests:
        sentence = _("Blocking change requests are still open: %(count)d.")
        return Obstacle(sentence % {"count": facts.open_blocking_requests}, Remedy.REQUESTS)
    return _in_time(facts)


def _in_time(facts: Facts) -> Sentence | None:
    if not (facts.overdue and facts.late_is_refused):
        return None
    sentence = _("The due date has passed and the programme takes nothing late. An extension would help.")
    return Obstacle(sentence, Remedy.EXTENSIONS)


def _examiners_set(facts: Facts) -> Sentence | None:
    if not facts.examiners:
        return Obstacle(_("The thesis has no examiner yet."), Remedy.MEMBERS)
    if facts.second_examiner_required and not facts.second_examiners:
        return Obstacle(_("The programme asks for a second examiner."), Remedy.MEMBERS)
    return None


def _reports_in(facts: Facts) -> Sentence | None:
    sentence = _("Reports of examiners are still missing: %(count)d.") % {"count": facts.reports_missing}
    return Obstacle(sentence, Remedy.MARKS) if facts.reports_missing else None


def _ready_for_defence(facts: Facts) -> Sentence | None:
    unbooked = None if facts.defence_booked else Obstacle(_("No defence is booked yet."), Remedy.DATES)
    return _reports_in(facts) or unbooked


def _defended(facts: Facts) -> Sentence | None:
    return _reports_in(facts) if facts.defence_held else Obstacle(_("The defence was not held yet."), Remedy.DATES)


def _no_defence_asked(facts: Facts) -> Sentence | None:
    return _("The programme asks for a defence first.") if facts.defence_required else None


def _marks_published(facts: Facts) -> Sentence | None:
    return Obstacle(_("The mark is not published yet."), Remedy.MARKS) if facts.marks_unpublished else None


def _metadata_complete(facts: Facts) -> Sentence | None:
    missing = ", ".join(str(what) for what in facts.metadata_missing)
    return Obstacle(_("Still missing: %(what)s.") % {"what": missing}, Remedy.DATES) if missing else None


# The guards of applications


def _place_left(facts: ApplicationFacts) -> Sentence | None:
    return None if facts.places_left > 0 else _("Every place of this topic is offered or taken.")


def _offer_stands(facts: ApplicationFacts) -> Sentence | None:
    return _("The offer has expired.") if facts.expired else None


def _has_expired(facts: ApplicationFacts) -> Sentence | None:
    return None if facts.expired else _("The application has not expired yet.")


RULES = (
    Rule(State.DRAFT, State.PROPOSAL, (Part.SUPERVISOR,), _has_people),
    Rule(State.DRAFT, State.WRITING, (Part.SUPERVISOR,), _no_proposal_asked),
    Rule(State.PROPOSAL, State.PROPOSAL_REVIEW, (Part.STUDENT,), _proposal_uploaded),
    Rule(State.PROPOSAL_REVIEW, State.PROPOSAL, (Part.SUPERVISOR,), _changes_requested),
    Rule(State.PROPOSAL_REVIEW, State.WRITING, (Part.SUPERVISOR,), _dates_set),
    Rule(State.WRITING, State.SUBMITTED, (Part.STUDENT,), _can_hand_in, (Need.DECLARATION,)),
    Rule(State.SUBMITTED, State.UNDER_REVIEW, (Part.SUPERVISOR,), _examiners_set),
    Rule(State.UNDER_REVIEW, State.REVISION, (Part.EXAMINER, Part.SUPERVISOR), _nothing, (Need.REASON, Need.DUE)),
    Rule(State.REVISION, State.SUBMITTED, (Part.STUDENT,), _can_hand_in_again, (Need.DECLARATION,)),
    Rule(State.UNDER_REVIEW, State.DEFENCE, (Part.SUPERVISOR,), _ready_for_defence),
    Rule(State.DEFENCE, State.GRADED, (Part.EXAMINER,), _defended),
    Rule(State.UNDER_REVIEW, State.GRADED, (Part.EXAMINER,), _no_defence_asked),
    Rule(State.GRADED, State.COMPLETED, (Part.EXAMINER, Part.COORDINATOR), _marks_published),
    Rule(State.COMPLETED, State.ARCHIVED, (Part.COORDINATOR, Part.WORKER), _metadata_complete),
)

_SUBMITTED, _SHORTLISTED, _INTERVIEW, _OFFERED = OPEN

APPLICATION_RULES = (
    ApplicationRule("shortlist", (_SUBMITTED,), ApplicationState.SHORTLISTED, (Part.OWNER,), _nothing),
    ApplicationRule("interview", (_SHORTLISTED,), ApplicationState.INTERVIEW, (Part.OWNER,), _nothing, (Need.SLOTS,)),
    ApplicationRule("offer", OPEN[:-1], ApplicationState.OFFERED, (Part.OWNER,), _place_left),
    ApplicationRule("accept", (_OFFERED,), ApplicationState.ACCEPTED, (Part.STUDENT,), _offer_stands),
    ApplicationRule("reject", OPEN, ApplicationState.REJECTED, (Part.OWNER,), _nothing, (Need.TYPED_REASON,)),
    ApplicationRule("withdraw", OPEN, ApplicationState.WITHDRAWN, (Part.STUDENT,), _nothing),
    ApplicationRule("expire", OPEN, ApplicationState.EXPIRED, (Part.WORKER,), _has_expired),
)
