"""People brought in by a CSV file in the admin."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from digi.accounts.models import Affiliation, User
from tests.factories import DepartmentFactory, PersonFactory

pytestmark = pytest.mark.django_db

IMPORT = "/admin/accounts/user/import/"


HEADER = "user_name,email,display_name,department,role\n"


def csv(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("people.csv", text.encode(), "text/csv")


def test_import_shows_a_preview_and_then_imports(root, mailoutbox):
    DepartmentFactory(slug="dis")
    text = HEADER + "gina,gina@example.org,Gina <b>,dis,student\n"

    preview = root.post(IMPORT, {"file": csv(text)})
    assert not User.objects.filter(username="gina").exists()
    assert "Gina &lt;b&gt;" in preview.content.decode()

    done = root.post(IMPORT, {"text": preview.context["text"]}, follow=True)
    assert "1 accounts are made; 1 invitations are sent." in done.content.decode()
    assert Affiliation.objects.get().user.username == "gina"
    assert [mail.to for mail in mailoutbox] == [["gina@example.org"]]


def test_import_names_the_faulty_lines_and_imports_nothing(root):
    response = root.post(IMPORT, {"file": csv(HEADER + "ok,ok@example.org,,,\nx y,x@example.org,,,\n")})

    assert response.status_code == 422
    assert "<td>3</td>" in response.content.decode()
    assert not User.objects.filter(username="ok").exists()


def test_import_checks_again_what_comes_back(root):
    response = root.post(IMPORT, {"text": HEADER + "x y,x@example.org,,,\n"})

    assert response.status_code == 422


@pytest.mark.parametrize("data", [{}, {"text": ""}])
def test_import_wants_a_file(root, data):
    assert "Choose a file." in root.post(IMPORT, data).content.decode()


def test_import_refuses_large_files(root):
    assert "larger than 512 KiB" in root.post(IMPORT, {"file": csv("x" * 600_000)}).content.decode()


def test_import_is_for_those_who_may_make_people(alice, client_for):
    staff = PersonFactory(is_staff=True)

    assert client_for(staff).get(IMPORT).status_code == 403
    assert client_for(alice).get(IMPORT, follow=True).status_code == 403
    assert Client().get(IMPORT).status_code == 302
