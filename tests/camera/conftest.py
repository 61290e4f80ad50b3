"""A department's camera, the people around it, and sockets of it."""

import pytest

from camera.models import Camera
from camera.services import agents, cameras, grants, tokens
from digi.realtime.hub import hub
from tests.camera.sockets import Cameras
from tests.factories import AffiliationFactory, DepartmentFactory


@pytest.fixture
def department(db):
    return DepartmentFactory()


@pytest.fixture
def camera(db, department) -> Camera:
    """The default camera: Alice administers it, Bob operates it, Carol views it, and Erin has nothing to do with it."""
    return cameras.create(by=None, slug="default", name="Demo camera", department=department)


@pytest.fixture
def alice(person, camera):
    user = person("alice")
    grants.give(camera=camera, by=None, user=user, role="admin")
    return user


@pytest.fixture
def bob(person, camera):
    user = person("bob")
    grants.give(camera=camera, by=None, user=user, role="operator")
    return user


@pytest.fixture
def carol(person, camera):
    user = person("carol")
    grants.give(camera=camera, by=None, user=user, role="viewer")
    return user


@pytest.fixture
def erin(person):
    return person("erin")


@pytest.fixture
def frank(person, department):
    """The coordinator of the camera's department."""
    user = person("frank")
    AffiliationFactory(user=user, department=department, role="coordinator")
    return user


@pytest.fixture
def token(camera) -> str:
    return tokens.issue(camera=camera, by=None)[1]


@pytest.fixture
async def sockets(transactional_db, session_cookie, request):
    """Opens sockets of cameras in the tests' own process: `await sockets.watch(bob)`."""
    found = Cameras(session_cookie)
    yield found
    await found.close()
    await hub().close()


@pytest.fixture
def on_air(camera) -> Camera:
    """An agent publishes."""
    token, _secret = tokens.issue(camera=camera, by=None)
    agents.arrive(camera=camera, token=token)
    camera.refresh_from_db()
    return camera
