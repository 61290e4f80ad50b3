"""Which file goes to readers of what is published."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from digi.accounts.models import Role
from tests.factories import AffiliationFactory
from tests.thesis.documents.asking import READING, address
from tests.thesis.documents.conftest import PAPER
from tests.thesis.making import put, upload
from tests.thesis.stages import step
from thesis import days
from thesis.models import DocumentVersion
from thesis.services import theses
from thesis.states import State

pytestmark = pytest.mark.django_db


EVERYBODY = ("erin", "dave", "heidi", None)  # another department, a student, a supervisor, signed out

PUBLISHED = [
    ("private", "completed", None, set()),
    ("internal", "completed", None, {"heidi"}),
    ("students", "completed", None, {"heidi", "dave"}),
    ("public", "completed", None, set(EVERYBODY)),
    ("public", "archived", None, set(EVERYBODY)),
    ("public", "archived", 0, set(EVERYBODY)),
    ("public", "archived", 1, set()),
    ("internal", "archived", 1, set()),
    ("public", "graded", None, set()),
    ("public", "submitted", None, set()),
    ("public", "withdrawn", None, set()),
]


@pytest.mark.parametrize(("visibility", "state", "embargo", "let_in"), PUBLISHED)
def test_file_goes_to_whom_the_visibility_names(request, handed_in, visibility, state, embargo, let_in):
    until = None if embargo is None else days.today() + timedelta(days=embargo)
    put(handed_in, visibility=visibility, state=state, embargo_until=until)
    people = {
        name: request.getfixturevalue(name) if name else AnonymousUser() for name in (*EVERYBODY, "alice", "grace")
    }

    found = {name for name, user in people.items() if DocumentVersion.objects.readable_by(user).exists()}

    assert found == let_in | {"alice", "grace"}


def test_only_the_version_that_was_handed_in_last_is_published(api, handed_in, alice, erin):
    put(handed_in, state=State.REVISION)
    last = upload(handed_in, "final", PAPER)
    theses.transition(thesis=handed_in, to="submitted", by=alice, declaration=True)
    handed_in.refresh_from_db()
    put(handed_in, state=State.ARCHIVED, visibility="public")

    answers = {
        version.uuid: [api(who, "get", f"versions/{version.uuid}/file/").status_code for who in (erin, None)]
        for version in DocumentVersion.objects.all()
    }

    assert len(answers) == 3
    assert answers.pop(last.uuid) == [200, 200]
    assert set(map(tuple, answers.values())) == {(404, 401)}


def test_version_whose_submission_was_taken_back_is_not_published(handed_in, alice, bob, grace):
    first = DocumentVersion.objects.get(document__kind="final")
    step(handed_in, "under_review", bob)
    step(handed_in, "revision", bob)
    upload(handed_in, "final", PAPER)
    step(handed_in, "submitted", alice)
    step(handed_in, "revision", grace)
    step(handed_in, "under_review", grace)
    handed_in.refresh_from_db()
    put(handed_in, state=State.COMPLETED, visibility="public")

    published = DocumentVersion.objects.readable_by(AnonymousUser())

    assert list(published) == [first]


def test_published_file_brings_nothing_else_along(api, handed_in, erin):
    put(handed_in, state=State.ARCHIVED, visibility="public")

    for path in READING:
        expected = (200, 200) if path.endswith("/file/") else (404, 401)
        where = address(handed_in, path)
        assert tuple(api(who, "get", where).status_code for who in (erin, None)) == expected, path


def test_coordinator_of_another_department_is_an_outsider(api, handed_in, person):
    other = person("olga")
    AffiliationFactory(user=other, role=Role.COORDINATOR)

    for path in READING:
        assert api(other, "get", address(handed_in, path)).status_code == 404
