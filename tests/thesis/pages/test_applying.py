"""Applying, step by step: what is typed is kept on the server, and sent once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from digi.accounts.models import Affiliation
from digi.accounts.services import people
from digi.files.models import StoredFile, Upload
from tests.chat.reading import words
from tests.files import path_of
from tests.papers import pdf
from tests.thesis.making import put
from thesis.models import Application, ApplicationDraft
from thesis.services import drafts, keeping

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path


@pytest.fixture
def topic(institute):
    return institute.topic()


@pytest.fixture
def way(client_for, topic):
    """`way(alice).get("motivation")`, and so on: a person's way to an application for the topic."""

    class Way:
        def __init__(self, user):
            self.client, self.at = client_for(user), f"/topics/{topic.uuid}/apply/"

        def get(self, step):
            return self.client.get(f"{self.at}?step={step}")

        def post(self, step, **sent):
            version = ApplicationDraft.objects.values_list("version", flat=True).first() or 0
            return self.client.post(f"{self.at}?step={step}", {"version": version, **sent})

        def keep(self, step, **sent):
            return self.client.post(f"{self.at}keep/?step={step}", sent)

    return Way


def cv(name="cv.pdf", content=None):
    return SimpleUploadedFile(name, content or pdf("Alice"), "application/pdf")


def test_steps_lead_to_an_application_and_the_draft_is_gone(way, topic, alice):
    mine = way(alice)

    places = [
        mine.post("what", kind="master").url,
        mine.post("motivation", motivation="I like **streams**.").url,
        mine.post("cv", file=cv()).url,
    ]
    review = mine.get("review")
    sent = mine.post("review", go="send")

    assert [place.rpartition("=")[2] for place in places] == ["motivation", "cv", "review"]
    assert "<strong>streams</strong>" in review.content.decode()
    assert "cv.pdf" in words(review)
    application = Application.objects.get()
    assert sent.url == f"/applications/{application.uuid}/"
    assert (application.student, application.topic, application.kind) == (alice, topic, "master")
    assert application.motivation == "I like **streams**."
    assert application.cv_file.name == "cv.pdf"
    assert not ApplicationDraft.objects.exists()


def test_what_is_typed_is_kept_and_shown_on_another_device(way, alice):
    kept = way(alice).keep("motivation", version=0, motivation="half a sen")

    assert kept.json()["version"] == 1
    assert kept.json()["said"].startswith("Saved at ")
    assert "half a sen</textarea>" in way(alice).get("motivation").content.decode()


def test_incomplete_step_is_kept_and_says_what_is_missing(way, alice):
    answer = way(alice).post("what", kind="")
    nonsense = way(alice).post("what", kind="nonsense")

    assert (answer.status_code, nonsense.status_code) == (422, 422)
    assert "Choose the kind of thesis." in words(answer)
    assert ApplicationDraft.objects.count() == 1


def test_another_device_wins_nothing_and_loses_nothing(way, alice):
    mine = way(alice)
    mine.keep("motivation", version=0, motivation="On the phone.")
    refused = mine.keep("motivation", version=0, motivation="On the desk.")
    answer = mine.post("motivation", version=0, motivation="On the desk.")
    html = answer.content.decode()
    chosen = mine.post("motivation", version=1, motivation="On the desk.")

    assert refused.status_code == 412
    assert "another device" in refused.json()["said"]
    assert answer.status_code == 422
    assert "<p>On the phone.</p>" in html
    assert "On the desk.</textarea>" in html
    assert 'name="version" value="1"' in html
    assert chosen.status_code == 302
    assert drafts.of(alice, ApplicationDraft.objects.get().topic).motivation == "On the desk."


def test_review_names_what_is_missing_and_sends_nothing(way, alice):
    way(alice).post("what", kind="master")

    review = words(way(alice).get("review"))
    answer = way(alice).post("review", go="send")

    assert "Say why you want to write this thesis." in review
    assert "Send the application" not in review
    assert answer.status_code == 422
    assert not Application.objects.exists()


def test_second_sending_of_the_same_form_leads_to_the_same_application(way, alice):
    way(alice).post("what", kind="master")
    way(alice).post("motivation", motivation="Streams.")
    once = str(uuid4())

    first = way(alice).post("review", go="send", once=once)
    second = way(alice).post("review", go="send", once=once)

    assert first.url == second.url
    assert Application.objects.count() == 1


def test_topic_that_closes_meanwhile_says_so_and_keeps_the_text(way, topic, alice):
    way(alice).post("what", kind="master")
    way(alice).post("motivation", motivation="Streams.")
    put(topic, state="closed")

    answer = way(alice).post("review", go="send")
    page = way(alice).get("motivation")

    assert answer.status_code == 422
    assert "The topic is not open." in words(answer)
    assert "Streams.</textarea>" in page.content.decode()
    assert "What you have written is kept." in words(page)


def test_topic_with_an_own_application_leads_to_it(way, institute, topic, alice):
    application = institute.application(topic)

    html = way(alice).get("what").content.decode()

    assert f'href="/applications/{application.uuid}/"' in html
    assert "apply-what" not in html


@pytest.mark.parametrize(("who", "status"), [("erin", 404), ("heidi", 403), ("carol", 403), ("bob", 403)])
def test_only_students_of_the_department_begin(request, way, who, status):
    way_of = way(request.getfixturevalue(who))

    statuses = {
        way_of.get("what").status_code,
        way_of.post("what", kind="master").status_code,
        way_of.keep("what", version=0, kind="master").status_code,
    }

    assert statuses == {status}
    assert not ApplicationDraft.objects.exists()


def test_former_student_goes_on_with_nothing(way, alice):
    way(alice).post("what", kind="master")
    Affiliation.objects.filter(user=alice).delete()

    assert way(alice).get("what").status_code == 404
    assert way(alice).post("motivation", motivation="Still here.").status_code == 404


def test_draft_is_nobody_elses(way, alice, dave):
    way(alice).keep("motivation", version=0, motivation="Mine alone.")
    way(alice).post("cv", file=cv())

    assert "Mine alone." not in way(dave).get("motivation").content.decode()
    assert way(dave).client.get(f"{way(dave).at}cv/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("cv.docx", b"PK\x03\x04 words", "cannot be taken here. These can: PDF."),
        ("cv.pdf", b"no PDF at all", "is not what its name says"),
        ("cv.pdf", b"%PDF-1.7 cut off", "The file is damaged or was cut off"),
        ("cv.pdf", b"", "The file is empty."),
    ],
)
def test_file_that_cannot_be_kept_costs_nothing_else(way, alice, name, content, sentence):
    answer = way(alice).post("cv", cv="In words.", file=SimpleUploadedFile(name, content))

    assert answer.status_code == 422
    assert sentence in words(answer)
    draft = ApplicationDraft.objects.get()
    assert (draft.cv, draft.cv_file) == ("In words.", None)
    assert not Upload.objects.exists()
    assert not StoredFile.objects.exists()


def test_file_that_is_too_large_is_refused_before_it_is_looked_at(way, alice, monkeypatch):
    monkeypatch.setattr(drafts, "CV_BYTES", 10)

    answer = way(alice).post("cv", file=cv())

    assert answer.status_code == 422
    assert "are allowed" in words(answer)


def test_second_file_takes_the_first_ones_place_and_it_can_be_removed(way, alice, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        way(alice).post("cv", file=cv("old.pdf"))
        old = StoredFile.objects.get()
        way(alice).post("cv", file=cv("new.pdf"))
        left = [file.name for file in StoredFile.objects.all()]
        way(alice).post("cv", go="drop")

    assert left == ["new.pdf"]
    assert not StoredFile.objects.exists()
    assert not path_of(old).exists()


def test_own_title_asks_a_supervisor(client_for, programme, alice, bob):
    client = client_for(alice)
    what = {"programme": programme.uuid, "title": "My own", "kind": "master", "supervisor": bob.uuid, "version": 0}

    first = client.post("/applications/new/?step=what", what)
    client.post("/applications/new/?step=motivation", {"motivation": "I want to.", "version": 1})
    client.post("/applications/new/?step=review", {"go": "send"})

    assert first.url == "/applications/new/?step=motivation"
    application = Application.objects.get()
    assert (application.title, application.supervisor, application.topic) == ("My own", bob, None)


def test_own_title_is_for_students(client_for, bob, erin):
    assert [client_for(user).get("/applications/new/").status_code for user in (bob, erin)] == [403, 403]


def test_draft_is_thrown_away_with_its_file(way, alice, topic, django_capture_on_commit_callbacks):
    way(alice).post("cv", file=cv())
    path = path_of(StoredFile.objects.get())

    with django_capture_on_commit_callbacks(execute=True):
        answer = way(alice).post("review", go="discard")

    assert answer.url == f"/topics/{topic.uuid}/"
    assert not ApplicationDraft.objects.exists()
    assert not path.exists()


def test_worker_throws_away_what_nobody_goes_on_with(way, alice, dave, topic):
    drafts.keep(by=alice, topic=topic, motivation="Long ago.")
    drafts.keep(by=dave, topic=topic, motivation="Yesterday.")
    old = timezone.now() - drafts.LIFETIME - timedelta(hours=1)
    ApplicationDraft.objects.filter(student=alice).update(changed_at=old)

    keeping.sweep()

    assert [draft.student for draft in ApplicationDraft.objects.all()] == [dave]


def test_erasure_takes_drafts_and_curricula_vitae_with_their_bytes(
    way, institute, alice, django_capture_on_commit_callbacks
):
    way(alice).post("what", kind="master")
    way(alice).post("motivation", motivation="Streams.")
    way(alice).post("cv", file=cv("sent.pdf"))
    way(alice).post("review", go="send")
    drafts.keep(by=alice, topic=institute.topic(title="Another"), motivation="Begun.")
    drafts.attach(by=alice, topic=ApplicationDraft.objects.get().topic, file=cv("draft.pdf"))
    paths = [path_of(file) for file in StoredFile.objects.all()]

    with django_capture_on_commit_callbacks(execute=True):
        people.anonymise(user=alice, by=alice)

    assert len(paths) == 2
    assert not any(path.exists() for path in paths)
    assert not ApplicationDraft.objects.exists()
    assert Application.objects.get().cv_file is None
