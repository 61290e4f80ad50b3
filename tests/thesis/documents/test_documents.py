"""Versions: who adds them, when, of what; and that they stay as they are."""

from hashlib import sha256
from uuid import uuid4

import pytest

from digi.audit.models import AuditEvent
from digi.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from digi.files.models import StoredFile, Upload
from digi.notifications.models import Notification
from digi.worker.models import Job
from tests.digi.files.conftest import stored
from tests.files import path_of
from tests.papers import archive, docx, encrypted_pdf
from tests.pictures import picture
from tests.thesis.documents.conftest import BETTER, PAPER, sent
from tests.thesis.making import leave, put
from thesis.models import Document, DocumentVersion
from thesis.services import documents, papers
from thesis.states import State

pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True)


@COMMITTED
def test_version_is_kept_with_its_facts(writing, alice, added, folder):
    version = added("final", note="  The first one. ")

    file = StoredFile.objects.get()
    assert (version.n, version.name, version.media_type, version.size) == (
        1,
        "thesis.pdf",
        "application/pdf",
        len(PAPER),
    )
    assert (version.sha256, version.pages, version.note) == (sha256(PAPER).hexdigest(), 2, "The first one.")
    assert (version.uploaded_by, version.document.thesis, version.document.kind) == (alice, writing, "final")
    assert path_of(file).read_bytes() == PAPER
    assert stored(folder) == [path_of(file)]
    assert not Upload.objects.exists()


def test_versions_count_within_their_document(added):
    sent = (("draft", PAPER), ("draft", BETTER), ("final", PAPER), ("draft", PAPER))

    numbers = [(added(kind, content).n, kind) for kind, content in sent]

    assert numbers == [(1, "draft"), (2, "draft"), (1, "final"), (3, "draft")]
    assert Document.objects.count() == 2


@COMMITTED
def test_newest_version_again_is_refused_and_its_upload_gone(added, folder):
    first = added("draft")

    with pytest.raises(Conflict) as refused:
        added("draft")

    assert (refused.value.code, str(refused.value.message)) == (
        "same_file",
        "This very file is here already, as version 1. Nothing was added.",
    )
    assert not Upload.objects.exists()
    assert stored(folder) == [path_of(first.file)]


def test_material_is_a_document_for_each_name(added):
    for name, content in (("data.zip", archive()), ("plot.png", picture()), ("data.zip", archive({"b": b"2"}))):
        added("material", content, name=name)

    found = DocumentVersion.objects.order_by("pk").values_list("document__title", "n")
    assert list(found) == [("data.zip", 1), ("plot.png", 1), ("data.zip", 2)]


@pytest.mark.parametrize(("kind", "more"), [("final", 1), ("proposal", 1), ("draft", 0)])
def test_version_that_a_step_hands_in_makes_a_page_old_that_has_not_shown_it(writing, added, kind, more):
    put(writing, state=State.PROPOSAL if kind == "proposal" else State.WRITING)
    seen, changed = writing.version, writing.changed_at

    added(kind)

    writing.refresh_from_db()
    assert writing.version == seen + more
    assert (writing.changed_at > changed) == bool(more)


def test_version_never_changes(version):
    version.note = "another"

    with pytest.raises(TypeError):
        version.save()

    assert DocumentVersion.objects.get().note == ""


def test_adding_is_audited_told_and_read_by_the_worker(writing, alice, bob, carol, version):
    event = AuditEvent.objects.get(action="document.added")
    told = Notification.objects.filter(kind="thesis.version")

    assert (event.actor, event.target) == (alice, f"thesis:{writing.uuid}")
    assert event.details == {
        "version": f"documentversion:{version.uuid}",
        "kind": "draft",
        "n": 1,
        "sha256": version.sha256,
    }
    assert {notification.user for notification in told} == {bob, carol}
    assert Job.objects.get(task="thesis.services.readings.read").arguments == {"version_id": version.pk}


# Who


@pytest.mark.parametrize("who", ["bob", "carol"])
def test_only_students_add_and_coordinators_for_them(request, writing, grace, who):
    other = request.getfixturevalue(who)
    upload = sent(other)

    with pytest.raises(Forbidden) as raised:
        documents.add(thesis=writing, by=other, kind="draft", upload_id=upload)

    assert raised.value.code == "wrong_role"
    assert Upload.objects.get().is_whole
    assert documents.add(thesis=writing, by=grace, kind="draft", upload_id=sent(grace)).n == 1


def test_outsider_and_former_member_find_no_thesis(writing, alice, erin):
    leave(writing, alice)

    for who in (erin, alice):
        with pytest.raises(NotFound):
            documents.add(thesis=writing, by=who, kind="draft", upload_id=sent(who))
    assert not DocumentVersion.objects.exists()


def test_upload_of_somebody_else_is_no_upload(writing, alice, bob):
    for upload in (sent(bob), uuid4()):
        with pytest.raises(NotFound) as raised:
            documents.add(thesis=writing, by=alice, kind="draft", upload_id=upload)
        assert raised.value.code == "unknown_upload"


# When

STATES = {
    "proposal": {"draft", "proposal"},
    "draft": {"draft", "proposal", "proposal_review", "writing", "revision"},
    "final": {"writing", "revision"},
    "slides": set(State.values) - {"completed", "archived", "withdrawn"},
    "material": {"draft", "proposal", "proposal_review", "writing", "revision"},
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("kind", STATES)
def test_each_kind_is_taken_in_its_states(writing, alice, kind, state):
    put(writing, state=state)

    with pytest.raises((Conflict, NotFound)) as raised:
        documents.add(thesis=writing, by=alice, kind=kind, upload_id=uuid4())

    assert raised.value.code == ("unknown_upload" if state in STATES[kind] else "wrong_state")


@COMMITTED
def test_state_counts_that_stands_when_the_file_was_looked_into(writing, alice, monkeypatch, folder):
    receive = documents.uploads.receive

    def slowly(**arguments):
        received = receive(**arguments)
        put(writing, state=State.SUBMITTED)
        return received

    monkeypatch.setattr(documents.uploads, "receive", slowly)

    with pytest.raises(Conflict) as raised:
        documents.add(thesis=writing, by=alice, kind="final", upload_id=sent(alice))

    assert raised.value.code == "wrong_state"
    assert not StoredFile.objects.exists()
    assert Upload.objects.get().is_whole


# What


@pytest.mark.parametrize(
    ("kind", "name", "content", "code"),
    [
        ("final", "a.docx", docx("x"), "unknown_kind"),
        ("final", "a.zip", archive(), "unknown_kind"),
        ("draft", "a.zip", archive(), "unknown_kind"),
        ("slides", "a.docx", docx("x"), "unknown_kind"),
        ("final", "a.pdf", encrypted_pdf(), "encrypted"),
        ("final", "a.pdf", PAPER[:-300], "corrupt"),
        ("material", "a.docx", archive(), "mislabelled"),
        ("novel", "a.pdf", PAPER, "unknown_document_kind"),
    ],
)
def test_files_that_do_not_fit_are_refused(added, kind, name, content, code):
    with pytest.raises(Invalid) as raised:
        added(kind, content, name=name)

    assert raised.value.code == code
    assert not StoredFile.objects.exists()
    assert not Document.objects.exists()


@COMMITTED
def test_refused_file_leaves_nothing(added, folder):
    with pytest.raises(Invalid):
        added("final", encrypted_pdf())

    assert stored(folder) == []
    assert not Upload.objects.exists()


def test_note_has_an_end(added):
    with pytest.raises(TooLarge) as raised:
        added("draft", note="x" * 2001)

    assert raised.value.extra == {"limit": 2000}


def test_newest_versions_are_the_thesis_papers(writing, added):
    assert papers.of(writing) == papers.Papers(None, None)
    added("draft")
    first, second = added("final"), added("final", BETTER)

    found = papers.of(writing)

    assert (found.proposal, found.final) == (None, second)
    assert first.sha256 != second.sha256
