"""The library: who finds what in it, and what stands on a thesis's page."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.chat.reading import words
from tests.thesis.lists import of_bibtex, whole
from tests.thesis.making import dated, leave, put, upload
from thesis import days
from thesis.models import Thesis
from thesis.services import theses
from thesis.states import State
from thesis.views import library

pytestmark = pytest.mark.django_db
LIBRARY = "/library/"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path


@pytest.fixture
def public(institute):
    told = {"abstract": "How far behind may a viewer fall?", "visibility": "public", "state": State.ARCHIVED}
    return institute.thesis(title="Bounded lag", **told)


def test_visitor_finds_public_theses_and_reads_one(client, public):
    listed, page = client.get(LIBRARY), client.get(f"{LIBRARY}{public.uuid}/")

    assert "Bounded lag Alice · Master’s thesis" in words(listed)
    text = words(page)
    assert "How far behind may a viewer fall?" in text
    assert "Supervisors Bob" in text
    assert '<meta name="citation_author" content="Alice">' in page.content.decode()
    assert "Open the workspace" not in text
    assert "no-store" in page.headers["Cache-Control"]


HIDDEN = [
    {"visibility": "private"},
    {"visibility": "internal"},
    {"visibility": "students"},
    {"state": State.GRADED},
    {"state": State.WITHDRAWN},
    {"embargo_until": timedelta(days=1)},
]


@pytest.mark.parametrize("fields", HIDDEN, ids=str)
def test_visitor_and_outsider_find_nothing_that_is_not_public(client, client_for, erin, public, fields):
    if "embargo_until" in fields:
        fields = {"embargo_until": days.today() + fields["embargo_until"]}
    put(public, **fields)

    for reader in (client, client_for(erin)):
        assert "The library is empty" in words(reader.get(LIBRARY))
        assert reader.get(f"{LIBRARY}{public.uuid}/").status_code == 404
        assert reader.get(f"{LIBRARY}{public.uuid}/reference.bib").status_code == 404


def test_models_say_the_same_of_a_visitor(public):
    assert list(Thesis.objects.readable_by(AnonymousUser())) == [public]


def test_department_finds_what_is_for_it_and_former_members_no_more_than_others(
    client_for, public, dave, heidi, alice, erin
):
    put(public, visibility="internal")
    put(public.members.get(role="student"), user=erin)
    leave(public, erin)

    found = {
        user.username: client_for(user).get(f"{LIBRARY}{public.uuid}/").status_code for user in (dave, heidi, erin)
    }

    assert found == {"dave": 404, "heidi": 200, "erin": 404}


def test_search_finds_by_title_and_student_and_kind(client, public, institute):
    institute.thesis(title="Other things", visibility="public", state=State.COMPLETED)

    assert "Other things" not in words(client.get(f"{LIBRARY}?q=lag+alice"))
    assert "No thesis fits" in words(client.get(f"{LIBRARY}?kind=doctoral"))
    assert "Bounded lag" in words(client.get(f"{LIBRARY}?kind=nonsense"))


def test_pages_follow_each_other(client, monkeypatch, institute):
    monkeypatch.setattr(library, "PAGE", 1)
    for title in ("First", "Second"):
        institute.thesis(title=title, visibility="public", state=State.COMPLETED)

    page = client.get(LIBRARY)

    assert "Second" in words(page)
    assert "First" in words(client.get(f"{LIBRARY}?{page.context['next']}")).replace("First page", "")


def test_visitor_gets_the_version_that_was_handed_in_and_no_other(client, client_for, institute, alice):
    thesis = dated(institute.thesis(state=State.WRITING))
    final = upload(thesis, "final", b"%PDF-1.7 the thesis")
    theses.transition(thesis=thesis, to="submitted", by=alice, declaration=True)
    thesis.refresh_from_db()
    put(thesis, state=State.COMPLETED, visibility="public")
    later = upload(thesis, "final", b"%PDF-1.7 changed")

    page = client.get(f"{LIBRARY}{thesis.uuid}/").content.decode()

    assert f"/versions/{final.uuid}/file/" in page
    assert str(later.uuid) not in page
    assert whole(client.get(f"/api/v1/versions/{final.uuid}/file/")) == b"%PDF-1.7 the thesis"
    assert "Open the workspace" in words(client_for(alice).get(f"{LIBRARY}{thesis.uuid}/"))


def test_text_that_is_not_open_is_not_offered(client, public):
    assert "The text itself is not open to you." in words(client.get(f"{LIBRARY}{public.uuid}/"))


def test_reference_is_an_entry_of_bibtex(client, public):
    answer = client.get(f"{LIBRARY}{public.uuid}/reference.bib")

    (entry,) = of_bibtex(answer.content)
    assert entry["title"] == "{Bounded lag}"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="digi-')


def test_library_asks_the_database_no_more_for_three_than_for_one(client, institute):
    counts = []
    for title in ("First", "Second", "Third"):
        institute.thesis(title=title, visibility="public", state=State.COMPLETED)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIBRARY)
        counts.append(len(queries))

    assert counts[0] == counts[2]
