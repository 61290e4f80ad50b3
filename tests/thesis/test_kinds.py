"""Every kind of notification is a sentence, in both languages, whatever happened."""

import pytest
from django.utils import translation

from digi.notifications import kinds
from digi.notifications.kinds import Told
from thesis.models import Rejection
from thesis.services import readers
from thesis.services.kinds import KINDS, REASONS
from thesis.states import APPLICATION_RULES, State

ROLE = {"role": "co_supervisor"}
FACTS = {
    "thesis.state": [{"to": state, "from": "draft"} for state in State.values],
    "thesis.joined": [ROLE | {"step": "joined"}, ROLE | {"step": "handed_over"}],
    "thesis.member": [ROLE | {"step": step} for step in ("joined", "left", "handed_over")],
    "thesis.dates": [{"due_on": "2026-04-30"}, {"due_on": None}],
    "thesis.comment": [{}],
    "thesis.request": [{"step": step} for step in ("asked", "done", "verified", "open")],
    "thesis.task": [{"step": step} for step in ("assigned", "done")],
    "thesis.meeting": [{"step": step} for step in ("planned", "moved", "cancelled", "held")],
    "thesis.extension": [{"step": step, "due_on": "2026-04-30"} for step in ("asked", "granted", "refused")],
    "thesis.report": [{}],
    "thesis.kept": [{}],
    "thesis.nudge": [{}],
    "thesis.mark": [{}],
    "thesis.reminder": [{"what": what, "name": "N", "days": 7} for what in ("thesis", "defence", "task", "meeting")],
    "application.step": [
        {"verb": verb, "rejection": ""} for verb in ("apply", "pick", *(one.verb for one in APPLICATION_RULES))
    ]
    + [{"verb": "reject", "rejection": rejection} for rejection in Rejection.values],
    "application.expiring": [{"days": 7}, {"days": 1}],
    "topic.opened": [{}],
}
EACH = [(kind.name, facts) for kind in KINDS for facts in FACTS.get(kind.name, [])]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("name", "facts"), EACH, ids=str)
def test_kind_is_a_sentence(name, facts, language):
    with translation.override(language):
        said = kinds.kinds[name].sentence(Told(actor="Ravi", others=0, count=1, title="T", facts=facts))

    assert said
    assert not said.endswith(".") or "rejection" in facts
    assert "%(" not in said


def test_remarks_are_counted_and_reviewers_have_no_name():
    def said(**more) -> str:
        told = {"actor": "Ravi", "others": 0, "count": 1, "title": "T", "facts": {}} | more
        with translation.override("en"):
            return kinds.kinds["thesis.comment"].sentence(Told(**told))

    assert said() == "Ravi left a remark"
    assert said(count=3) == "Ravi left remarks: 3"
    assert said(count=3, others=1) == "Ravi and one other left remarks: 3"
    assert said(count=9, others=4) == "Ravi and 4 others left remarks: 9"
    assert said(actor="") == "A reviewer left a remark"


def test_reasons_are_registered():
    assert set(REASONS) <= set(kinds.reasons)


@pytest.mark.django_db
@pytest.mark.parametrize("ask", [readers.of_thesis, readers.of_thread, readers.of_application, readers.of_topic])
def test_nobody_reads_what_is_gone(ask, alice):
    assert ask("thing:00000000-0000-4000-8000-000000000000", [alice.pk]) == set()


@pytest.mark.django_db
def test_readers_are_members_owners_and_offices(institute, thesis, alice, bob, carol, grace, root, erin, heidi, dave):
    everybody = [user.pk for user in (alice, bob, carol, grace, root, erin, heidi, dave)]
    topic = institute.topic(is_open=False)
    application = institute.application(institute.topic())

    def names(found: set[int]) -> set[str]:
        people = (alice, bob, carol, grace, root, erin, heidi, dave)
        return {user.username for user in people if user.pk in found}

    offices = {"grace", "head-of-it"}
    assert names(readers.of_thesis(f"thesis:{thesis.uuid}", everybody)) == {"alice", "bob", "carol"} | offices
    assert names(readers.of_topic(f"topic:{topic.uuid}", everybody)) == {"bob"} | offices
    opened = readers.of_topic(f"topic:{application.topic.uuid}", everybody)
    assert names(opened) == {"alice", "bob", "carol", "heidi", "dave"} | offices
    applied = readers.of_application(f"application:{application.uuid}", everybody)
    assert names(applied) == {"alice", "bob"} | offices
