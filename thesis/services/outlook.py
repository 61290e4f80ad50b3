"""What may come next, who takes the step, what stands in the way, and what will one step later."""

from dataclasses import dataclass

from digi.accounts.models import User
from digi.errors import Sentence
from thesis import states
from thesis.models import MemberRole, Thesis, ThesisMember, Transition
from thesis.models.people import PARTS
from thesis.obstacles import Obstacle, Remedy
from thesis.services import facts, history, theses
from thesis.states import Facts, Need, Part, Rule, State


@dataclass(frozen=True, slots=True)
class Way:
    """A step that leads on. `people` play a part that takes it, `office`: so does a coordinator.

    `obstacle` is what stands in everybody's way, `remedy` where that is put right, `mine` whether the person may take
    it now, giving along `needs`.
    """

    to: State
    people: list[User]
    office: bool
    obstacle: str
    remedy: Remedy | None
    mine: bool
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What will stand in the way of the step after the next one."""

    to: State
    obstacle: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """`ways` lead forward, the usual one first; `withdraw` and `back` stand apart, where the person may take them."""

    steps: list[Transition]
    ways: list[Way]
    withdraw: Way | None
    back: Way | None
    ahead: Ahead | None


def of(thesis: Thesis, *, by: User) -> Outlook:
    """For those who work on the thesis: a fixed number of queries."""
    choices = {choice.to: choice for choice in theses.choices(thesis=thesis, by=by)}
    steps = history.standing(thesis)
    known = facts.gather(thesis, steps)
    current = ThesisMember.objects.current().filter(thesis=thesis).select_related("user").order_by("pk")
    members = list(current)

    def way(rule: Rule) -> Way:
        choice = choices[rule.to]
        people = [member.user for member in members if PARTS.get(MemberRole(member.role)) in rule.parts]
        obstacle = rule.guard(known)
        remedy = obstacle.remedy if isinstance(obstacle, Obstacle) else None
        once = list({person.pk: person for person in people}.values())
        office = Part.COORDINATOR in rule.parts
        needs = choice.needs if not choice.reason else ()
        return Way(rule.to, once, office, _said(obstacle), remedy, not choice.reason, needs)

    usual = _usual(State(thesis.state), known)
    led = states.rules_from(State(thesis.state), known.before)
    rules = [rule for rule in led if rule.to in choices and choices[rule.to].back == rule.back]
    forward = [rule for rule in rules if not rule.back and rule.to != State.WITHDRAWN]
    backward = next((rule for rule in rules if rule.back), None)
    withdraw = next((way(rule) for rule in rules if rule.to == State.WITHDRAWN), None)
    return Outlook(
        steps=steps,
        ways=[way(rule) for rule in sorted(forward, key=lambda rule: rule.to != usual)],
        withdraw=withdraw if withdraw and withdraw.mine else None,
        back=way(backward) if backward else None,
        ahead=_ahead(usual, known),
    )


def _usual(state: State | None, known: Facts) -> State | None:
    """The step that most theses take from here."""
    if state == State.DRAFT:
        return State.PROPOSAL if known.proposal_required else State.WRITING
    if state == State.UNDER_REVIEW:
        return State.DEFENCE if known.defence_required else State.GRADED
    return {
        State.PROPOSAL: State.PROPOSAL_REVIEW,
        State.PROPOSAL_REVIEW: State.WRITING,
        State.WRITING: State.SUBMITTED,
        State.SUBMITTED: State.UNDER_REVIEW,
        State.REVISION: State.SUBMITTED,
        State.DEFENCE: State.GRADED,
        State.GRADED: State.COMPLETED,
        State.COMPLETED: State.ARCHIVED,
    }.get(state or State.WITHDRAWN)


def _ahead(usual: State | None, known: Facts) -> Ahead | None:
    then = _usual(usual, known)
    rule = next((rule for rule in states.RULES if (rule.start, rule.to) == (usual, then)), None)
    obstacle = _said(rule.guard(known)) if rule else ""
    return Ahead(rule.to, obstacle) if rule and obstacle else None


def _said(sentence: Sentence | None) -> str:
    return str(sentence) if sentence else ""
