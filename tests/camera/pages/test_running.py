"""Running a camera: making it, its token, its people."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from camera.services import grants, tokens
from tests.chat.reading import words

pytestmark = pytest.mark.django_db


def test_new_camera_shows_its_token_once_with_the_command(client_for, frank, camera, department):
    client = client_for(frank)
    sent = {"name": "Lab 1.107", "slug": "lab", "department": department.pk, "visibility": "department"}

    made = client.post("/camera/new/", sent)
    again = client.get("/camera/lab/token/")

    secret = re.search(r"dgc_[\w-]+", made.content.decode())[0]
    command = f"python -m camera.agent --server http://testserver/ --camera lab --token {secret} --source clock"
    assert command in made.content.decode()
    assert tokens.find([secret])[0].camera.slug == "lab"
    assert secret not in again.content.decode()
    assert "no-store" in made.headers["Cache-Control"]


def test_new_camera_of_a_taken_name_keeps_what_was_typed(client_for, frank, camera, department):
    sent = {"name": "Second", "slug": "default", "department": department.pk, "visibility": "granted"}

    response = client_for(frank).post("/camera/new/", sent)

    assert response.status_code == 422
    assert "There is a camera of this short name already." in words(response)
    assert 'value="Second"' in response.content.decode()


def test_renewed_token_ends_the_one_before(client_for, alice, camera, token):
    page = client_for(alice).post("/camera/default/token/").content.decode()

    fresh = re.search(r"dgc_[\w-]+", page)[0]
    assert [bool(found) for found in tokens.find([token, fresh])] == [False, True]


def test_role_is_given_and_withdrawn(client_for, alice, erin, camera):
    client = client_for(alice)

    client.post("/camera/default/people/", {"username": "Erin", "role": "viewer"})
    given = client_for(erin).get("/camera/default/").status_code
    grant = camera.grants.get(user=erin)
    client.post(f"/camera/default/people/{grant.pk}/withdraw/")

    assert (given, client_for(erin).get("/camera/default/").status_code) == (200, 404)


def test_role_for_nobody_says_so_and_keeps_the_name(client_for, alice, camera):
    response = client_for(alice).post("/camera/default/people/", {"username": "nobody", "role": "viewer"})

    assert response.status_code == 422
    assert "There is nobody of this name." in words(response)
    assert 'value="nobody"' in response.content.decode()


def test_people_ask_the_database_no_more_for_three_roles_than_for_one(client_for, person, alice, camera):
    client = client_for(alice)
    client.get("/camera/default/people/")
    counts = []
    for name in ("grace", "heidi", "ivan"):
        grants.give(camera=camera, by=None, user=person(name), role="viewer")
        with CaptureQueriesContext(connection) as queries:
            client.get("/camera/default/people/")
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_camera_is_renamed_and_retired(client_for, alice, camera):
    client = client_for(alice)

    client.post("/camera/default/rename/", {"name": "Aula", "location": "Ground floor", "visibility": "everyone"})
    shown = words(client.get("/camera/default/"))
    client.post("/camera/default/retire/")

    assert "Aula" in shown
    assert "Ground floor" in shown
    assert client.get("/camera/default/").status_code == 404
