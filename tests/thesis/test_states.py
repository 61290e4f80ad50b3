"""Both tables of the rules, line by line: who may, who may not, and in which words."""

from itertools import product

import pytest

from thesis import states
from thesis.states import (
    ACTIVE,
    APPLICATION_RULES,
    OPEN,
    RULES,
    ApplicationFacts,
    ApplicationState,
    Facts,
    Need,
    Part,
    State,
)

PEOPLE = (Part.STUDENT, Part.SUPERVISOR, Part.EXAMINER, Part.COORDINATOR, Part.WORKER)
PEOPLED = Facts(students=1, supervisors=1)

# from, to, who, facts that open the way, facts that close it, and why, what must be given along
TABLE = [
    ("draft", "proposal", "supervisor", PEOPLED, Facts(supervisors=1), "The thesis has no student yet.", ()),
    ("draft", "proposal", "supervisor", PEOPLED, Facts(students=1), "The thesis has no supervisor yet.", ()),
    (
        "draft",
        "writing",
        "supervisor",
        Facts(),
        Facts(proposal_required=True),
        "The programme asks for a proposal first.",
        (),
    ),
    (
        "proposal",
        "proposal_review",
        "student",
        Facts(proposal_uploaded=True),
        Facts(),
        "No proposal is uploaded yet.",
        (),
    ),
    (
        "proposal_review",
        "proposal",
        "supervisor",
        Facts(open_requests=1),
        Facts(),
        "Say what is to change first: there is no open change request.",
        (),
    ),
    (
        "proposal_review",
        "writing",
        "supervisor",
        Facts(dates_set=True),
        Facts(),
        "Start and due date are not set yet.",
        (),
    ),
    (
        "writing",
        "submitted",
        "student",
        Facts(final_uploaded=True),
        Facts(),
        "No final version is uploaded yet.",
        ("declaration",),
    ),
    (
        "writing",
        "submitted",
        "student",
        Facts(final_uploaded=True, overdue=True),
        Facts(final_uploaded=True, overdue=True, late_is_refused=True),
        "The due date has passed and the programme takes nothing late. An extension would help.",
        ("declaration",),
    ),
    (
        "submitted",
        "under_review",
        "supervisor",
        Facts(examiners=1),
        Facts(),
        "The thesis has no examiner yet.",
        (),
    ),
    (
        "submitted",
        "under_review",
        "supervisor",
        Facts(examiners=1, second_examiner_required=True, second_examiners=1),
        Facts(examiners=1, second_examiner_required=True),
        "The programme asks for a second examiner.",
        (),
    ),
    ("under_review", "revision", "examiner supervisor", Facts(), None, "", ("reason", "due_on")),
    (
        "revision",
        "submitted",
        "student",
        Facts(final_is_newer=True),
        Facts(final_uploaded=True),
        "No newer version than the one handed in last is uploaded.",
        ("declaration",),
    ),
    (
        "revision",
        "submitted",
        "student",
        Facts(final_is_newer=True, open_requests=2),
        Facts(final_is_newer=True, open_blocking_requests=2),
        "Blocking change requests are still open: 2.",
        ("declaration",),
    ),
    (
        "under_review",
        "defence",
        "supervisor",
        Facts(defence_booked=True),
        Facts(defence_booked=True, reports_missing=1),
        "Reports of examiners are still missing: 1.",
        (),
    ),
    ("under_review", "defence", "supervisor", Facts(defence_booked=True), Facts(), "No defence is booked yet.", ()),
    (
        "defence",
        "graded",
        "examiner",
        Facts(defence_held=True),
        Facts(defence_booked=True),
        "The defence was not held yet.",
        (),
    ),
    (
        "defence",
        "graded",
        "examiner",
        Facts(defence_held=True),
        Facts(defence_held=True, reports_missing=2),
        "Reports of examiners are still missing: 2.",
        (),
    ),
    (
        "under_review",
        "graded",
        "examiner",
        Facts(),
        Facts(defence_required=True),
        "The programme asks for a defence first.",
        (),
    ),
    (
        "graded",
        "completed",
        "examiner coordinator",
        Facts(),
        Facts(marks_unpublished=1),
        "The mark is not published yet.",
        (),
    ),
    (
        "completed",
        "archived",
        "coordinator worker",
        Facts(),
        Facts(metadata_missing=("the abstract", "a date")),
        "Still missing: the abstract, a date.",
        (),
    ),
]
LINES = {(start, to): (who.split(), needs) for start, to, who, *_facts, needs in TABLE}


def rule(start: str, to: str, before: State | None = None, back: bool = False):
    (found,) = [one for one in states.rules_from(State(start), before) if one.to == to and one.back == back]
    return found


def test_table_holds_these_lines_and_no_others():
    assert {(one.start, one.to) for one in RULES} == set(LINES)
    assert len(RULES) == len(LINES)


@pytest.mark.parametrize(("start", "to", "who", "opens", "closes", "why", "needs"), TABLE)
def test_guard_opens_and_closes_in_words(start, to, who, opens, closes, why, needs):
    found = rule(start, to)

    assert found.guard(opens) is None
    assert found.guard(closes or opens) == (why or None)
    assert found.needs == needs


@pytest.mark.parametrize(("start", "to", "part"), [(*line, part) for line, part in product(LINES, PEOPLE)])
def test_step_is_for_the_parts_of_its_line(start, to, part):
    who, needs = LINES[start, to]
    found = rule(start, to)

    refused = states.wrong_part(found, [part])

    labels = {"student": "a student", "supervisor": "a supervisor", "examiner": "an examiner"}
    named = " or ".join(labels.get(one, "a coordinator") for one in who if one != "worker")
    if part in who:
        assert (refused, states.needs_of(found, [part])) == (None, needs)
    elif part == Part.COORDINATOR:
        assert refused is None
        assert set(states.needs_of(found, [part])) == {*needs, Need.REASON}
    else:
        assert refused == f"Only {named} may do this."


@pytest.mark.parametrize(("start", "part"), list(product(State, PEOPLE)))
def test_withdrawing_is_the_supervisors_while_the_thesis_is_active(start, part):
    found = [one for one in states.rules_from(start, None) if one.to == State.WITHDRAWN]

    assert [one.start for one in found] == ([start] if start in ACTIVE else [])
    for one in found:
        allowed = part in (Part.SUPERVISOR, Part.COORDINATOR)
        assert states.wrong_part(one, [part]) == (None if allowed else "Only a supervisor may do this.")
        assert (one.needs, one.guard(Facts())) == ((Need.REASON,), None)


@pytest.mark.parametrize(("start", "part"), list(product(State, PEOPLE)))
def test_going_back_is_the_coordinators_and_needs_a_reason(start, part):
    found = rule(start, State.WRITING, before=State.WRITING, back=True)

    assert states.wrong_part(found, [part]) == (None if part == Part.COORDINATOR else "Only a coordinator may do this.")
    assert (found.needs, found.guard(Facts())) == ((Need.REASON,), None)
    assert not [one for one in states.rules_from(start, None) if one.back]


def test_no_step_leads_on_from_the_archive_nor_from_a_withdrawal():
    assert states.rules_from(State.ARCHIVED, None) == states.rules_from(State.WITHDRAWN, None) == []


# The table of applications: verb, from, to, who, what closes it, why, what must be given along

ALL_OPEN = "submitted shortlisted interview offered"
VERBS = [
    ("shortlist", "submitted", "shortlisted", "owner", None, "", ()),
    ("interview", "shortlisted", "interview", "owner", None, "", ("slots",)),
    (
        "offer",
        "submitted shortlisted interview",
        "offered",
        "owner",
        ApplicationFacts(places_left=0),
        "Every place of this topic is offered or taken.",
        (),
    ),
    ("accept", "offered", "accepted", "student", ApplicationFacts(expired=True), "The offer has expired.", ()),
    ("reject", ALL_OPEN, "rejected", "owner", None, "", ("rejection",)),
    ("withdraw", ALL_OPEN, "withdrawn", "student", None, "", ()),
    ("expire", ALL_OPEN, "expired", "worker", ApplicationFacts(), "The application has not expired yet.", ()),
]
WHO = (Part.STUDENT, Part.OWNER, Part.COORDINATOR, Part.WORKER)


def test_table_of_applications_holds_these_verbs_and_no_others():
    assert [one.verb for one in APPLICATION_RULES] == [verb for verb, *_ in VERBS]
    assert tuple(ALL_OPEN.split()) == OPEN


@pytest.mark.parametrize(("verb", "starts", "to", "who", "closes", "why", "needs"), VERBS)
def test_verb_fits_the_states_of_its_line(verb, starts, to, who, closes, why, needs):
    found = states.application_rule(verb)

    for state in ApplicationState:
        refused = states.wrong_state(found, state)
        here = f"The application is in the state “{state.label}”; this cannot be done there."
        assert refused == (None if state in starts.split() else here)
    assert (found.to, found.needs) == (to, needs)
    opens = ApplicationFacts(expired=verb == "expire")
    assert found.guard(opens) is None
    assert found.guard(closes or opens) == (why or None)


@pytest.mark.parametrize(
    ("verb", "allowed", "part"), [(verb, who, part) for (verb, _, _, who, *_), part in product(VERBS, WHO)]
)
def test_verb_is_for_the_part_of_its_line(verb, allowed, part):
    found = states.application_rule(verb)
    words = {"owner": "an owner of the topic", "student": "a student", "worker": "the server itself"}

    refused = states.wrong_part(found, [part])

    stands_in = part == Part.COORDINATOR and allowed == "owner"
    assert refused == (None if part == allowed or stands_in else f"Only {words[allowed]} may do this.")
    if stands_in:
        assert Need.REASON in states.needs_of(found, [part])
    elif part == allowed:
        assert states.needs_of(found, [part]) == found.needs
