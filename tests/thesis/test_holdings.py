"""What people take away of theses, and what is left of them there when they are forgotten."""

import io
import json
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digi.accounts import holdings
from digi.accounts.services import erasure, export, people
from digi.files.archives import packed
from digi.files.models import StoredFile
from digi.notifications.models import Notification
from tests.conftest import PASSWORD
from tests.files import path_of
from tests.thesis.making import dated, leave, upload
from thesis.models import Application, Document, DocumentVersion, MemberRole, ThesisMember, Thread
from thesis.services import discussion, marks, members, plan, theses, timeline
from thesis.states import ApplicationState, State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path


@pytest.fixture
def taken():
    def take(user) -> dict:
        archive = zipfile.ZipFile(io.BytesIO(b"".join(packed(export.entries(user)))))
        names = archive.namelist()
        return {name: json.loads(archive.read(name)) for name in names if name.endswith(".json")} | {
            name: archive.read(name) for name in names if not name.endswith(".json")
        }

    return take


def fates(user) -> dict[str, bool]:
    """True for what goes."""
    return {line.name: not line.why for line in erasure.preview(user)}


@pytest.fixture
def written(institute):
    """A thesis that Alice alone writes, with a proposal, and a talk on it."""
    thesis = dated(institute.thesis(state=State.WRITING))
    version = upload(thesis, "proposal", b"%PDF-1.7 a plan")
    discussion.open_thread(thesis=thesis, by=institute.supervisor, body="See page 3.", on=version)
    return thesis


@pytest.fixture
def handed_in(written):
    upload(written, "final", b"%PDF-1.7 the thesis")
    theses.transition(thesis=written, to="submitted", by=written.members.get(role="student").user, declaration=True)
    written.refresh_from_db()
    return written


# Taking away


def test_own_part_words_and_files_are_taken_away(world, taken):
    alice = world.people["student"]

    found = taken(alice)

    (part,) = found["theses/theses.json"]
    assert (part["title"], part["role"], part["left_at"]) == (world.thesis.title, "student", None)
    assert [line["body"] for line in found["theses/comments.json"]] == ["See page 3.", "The unit."]
    assert found["theses/extensions.json"][0]["reason"] == "Ill."
    assert found["theses/applications.json"][0]["motivation"] == "I want to."
    files = [content for name, content in found.items() if name.endswith("draft.pdf")]
    assert files == [b"%PDF-1.7"]


def test_outsider_takes_nothing_away(world, taken):
    found = taken(world.people["outsider"])

    assert {name for name, content in found.items() if name.startswith("theses/") and content != []} == set()


def test_former_member_takes_the_part_away_and_no_title(world, taken):
    found = taken(world.people["former"])

    (part,) = found["theses/theses.json"]
    assert part["left_at"] is not None
    assert "title" not in part
    assert world.thesis.title not in json.dumps(found["theses/theses.json"])


def test_former_supervisor_takes_no_plan_away_that_others_go_on_with(written, taken, bob, heidi):
    plan.add_task(thesis=written, by=bob, title="Look again")
    assert [line["title"] for line in taken(bob)["theses/tasks.json"]] == ["Look again"]

    ThesisMember.objects.create(thesis=written, user=heidi, role=MemberRole.SUPERVISOR)
    leave(written, bob)

    assert taken(bob)["theses/tasks.json"] == []
    assert [line["body"] for line in taken(bob)["theses/comments.json"]] == ["See page 3."]


def test_hidden_mark_is_neither_taken_away_nor_counted(institute, taken, alice, carol):
    thesis = institute.thesis(state=State.GRADED)
    marks.enter(thesis=thesis, student=alice, value=1, by=carol)
    assert taken(alice)["theses/marks.json"] == []
    assert "theses/marks" not in fates(alice)

    marks.publish(thesis=thesis, by=carol)

    assert taken(alice)["theses/marks.json"][0]["value"] == "1.0"
    assert fates(alice)["theses/marks"] is False


def test_talk_of_staff_is_in_nobodys_archive_but_its_writers(world, taken, institute):
    bob, alice = world.people["supervisor"], world.people["student"]
    discussion.open_thread(thesis=world.thesis, by=bob, body="Between us.", visibility="staff")

    assert "Between us." in json.dumps(taken(bob)["theses/comments.json"])
    content = [value for name, value in taken(alice).items() if name.endswith(".json")]
    assert "Between us." not in json.dumps(content)


def test_number_of_queries_is_the_same_for_one_and_three(written, institute, alice, taken):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            taken(alice)
        return len(queries)

    discussion.open_thread(thesis=written, by=alice, body="One.")
    one = cost()
    for n in (2, 3):
        other = institute.thesis(title=f"Thesis {n}")
        upload(other, "proposal")
        discussion.open_thread(thesis=other, by=alice, body="More.")
        discussion.open_thread(thesis=written, by=alice, body="More.")

    assert cost() == one


# Erasing


def test_drafts_of_a_single_writer_go_with_their_bytes(written, alice, django_capture_on_commit_callbacks):
    path = path_of(StoredFile.objects.get())
    assert fates(alice)["theses/drafts"] is True

    with django_capture_on_commit_callbacks(execute=True):
        people.anonymise(user=alice)

    assert not DocumentVersion.objects.exists()
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()
    assert not path.exists()
    assert Thread.objects.get().on is None


def test_what_was_handed_in_stays_with_the_name_replaced(handed_in, alice, bob, taken):
    found = fates(alice)
    assert found["theses/documents"] is False
    assert "theses/drafts" not in found

    people.anonymise(user=alice)

    assert [path_of(file).exists() for file in StoredFile.objects.all()] == [True, True]
    member = handed_in.members.get(role="student")
    assert str(member.user).startswith("deleted-")
    assert timeline.of(handed_in, by=bob).broken_at is None


def test_documents_of_a_group_stay(written, alice, dave):
    ThesisMember.objects.create(thesis=written, user=dave, role=MemberRole.STUDENT)

    assert fates(alice)["theses/documents"] is False
    people.anonymise(user=alice)

    assert DocumentVersion.objects.count() == 1


def test_open_applications_are_withdrawn_and_lose_their_words(institute, alice):
    institute.application()
    found = fates(alice)
    assert found["theses/open-applications"] is found["theses/motivations"] is True
    assert found["theses/applications"] is False

    people.anonymise(user=alice)

    application = Application.objects.get()
    assert (application.state, application.motivation, application.cv) == (ApplicationState.WITHDRAWN, "", "")


def test_deed_leaves_exactly_what_the_preview_said(world, client_for):
    """For everybody on the thesis, one after the other: what was to go is gone, what was to stay stays."""
    for role in ("student", "supervisor", "examiner", "observer", "former", "coordinator"):
        user = world.people[role]
        before = erasure.preview(user)
        answer = client_for(user).post("/api/v1/me/erasure/", {"password": PASSWORD}, content_type="application/json")
        assert answer.status_code == 200, answer.content

        left = {holding.name: holding.rows(user).count() for holding in holdings.everything()}
        assert not [line.name for line in before if not line.why and left[line.name]], role
        assert not [line.name for line in before if line.why and left[line.name] < line.count], role


def test_nobodys_name_is_left_in_the_database_but_where_others_wrote_it(world):
    from django.apps import apps
    from django.core import serializers

    people.anonymise(user=world.people["student"])

    for model in apps.get_models():
        if model._meta.managed and not model._meta.swapped:
            rows = json.dumps(serializers.serialize("python", model._base_manager.all()), default=str).lower()
            assert "alice" not in rows, model


def test_others_keep_their_access(handed_in, alice, bob, api):
    people.anonymise(user=alice)

    answer = api(bob)("get", f"theses/{handed_in.uuid}/")

    assert answer.status_code == 200
    assert answer.json()["students"][0]["display_name"].startswith("deleted-")


def test_thesis_goes_on_without_somebody_who_is_forgotten(written, bob, heidi, grace, alice):
    """They stay on it under a name that says nothing, are told nothing, and can be replaced."""
    people.anonymise(user=bob)
    Notification.objects.all().delete()

    discussion.open_thread(thesis=written, by=alice, body="Is anybody there?")
    assert set(Notification.objects.values_list("user__username", flat=True)) == {"carol"}
    assert ThesisMember.objects.current().filter(thesis=written, user=bob).exists()

    members.hand_over(thesis=written, to=heidi, by=grace)
    current = ThesisMember.objects.current().filter(thesis=written, role=MemberRole.SUPERVISOR)
    assert list(current.values_list("user__username", flat=True)) == ["heidi"]
