"""What ends a sign-in ends its sockets, too: real forms, a real server, real sockets."""

import os
import subprocess
import sys
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus

from tests.digi.accounts.browser import Browser, close_code
from tests.factories import PersonFactory
from tests.servers import ROOT

NEW = "a wholly different phrase"
SOON = 10.0  # seconds; a socket that is told nothing is looked at with a heartbeat, every 25 s

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stack():
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def browse(stack, server):
    """Sign somebody in at a new browser."""
    return lambda login: stack.enter_context(Browser(server)).sign_in(login)


@pytest.fixture
def people_here():
    PersonFactory(username="root-of-all", is_staff=True, is_superuser=True)
    return PersonFactory(username="alice"), PersonFactory(username="bob")


def test_sign_out_closes_the_sessions_sockets_and_no_others(people_here, browse, stack):
    here, there, other = browse("alice"), browse("alice"), browse("bob")
    mine = [stack.enter_context(here.open_socket()) for _tab in range(2)]
    rest = [stack.enter_context(browser.open_socket()) for browser in (there, other)]

    here.post("/accounts/logout/", {})

    assert [close_code(link, SOON) for link in mine] == [4401, 4401]
    for link in rest:
        with pytest.raises(TimeoutError):
            close_code(link, 0.3)


def test_session_ended_from_another_device_closes_its_sockets(people_here, browse, stack):
    here, there = browse("alice"), browse("alice")
    kept, ended = stack.enter_context(here.open_socket()), stack.enter_context(there.open_socket())
    here.get("/me/")
    there.get("/me/")

    here.post("/accounts/sessions/", {})

    assert close_code(ended, SOON) == 4401
    assert not there.is_signed_in
    with pytest.raises(TimeoutError):
        close_code(kept, 0.3)


def test_change_of_password_closes_the_other_sessions_sockets(people_here, browse, stack):
    here, there = browse("alice"), browse("alice")
    ended = stack.enter_context(there.open_socket())

    changed = {"oldpassword": "correct horse battery", "password1": NEW, "password2": NEW}
    here.post("/accounts/password/change/", changed)

    assert close_code(ended, SOON) == 4401
    assert here.is_signed_in
    stack.enter_context(here.open_socket())


def test_change_of_password_lets_ones_own_sockets_come_again_and_no_copy_of_them(people_here, browse, stack):
    here, thief = browse("alice"), browse("bob")
    thief.session.cookies.update(here.session.cookies)
    mine, copied = stack.enter_context(here.open_socket()), stack.enter_context(thief.open_socket())

    changed = {"oldpassword": "correct horse battery", "password1": NEW, "password2": NEW}
    here.post("/accounts/password/change/", changed)

    assert [close_code(link, SOON) for link in (mine, copied)] == [1000, 1000]
    stack.enter_context(here.open_socket())
    with pytest.raises(InvalidStatus, match="403"), thief.open_socket():
        pass


@pytest.mark.parametrize(
    ("place", "form"),
    [
        ("switch", {}),
        ("password", {"new_password1": NEW, "new_password2": NEW}),
        ("anonymise", {"username": "alice"}),
    ],
)
def test_administrators_act_closes_every_socket_of_the_person(people_here, browse, stack, place, form):
    alice, _bob = people_here
    admin, here, there, other = browse("root-of-all"), browse("alice"), browse("alice"), browse("bob")
    ended = [stack.enter_context(browser.open_socket()) for browser in (here, there)]
    kept = stack.enter_context(other.open_socket())

    admin.post(f"/admin/accounts/user/{alice.pk}/{place}/", form)

    assert [close_code(link, SOON) for link in ended] == [4401, 4401]
    assert not here.is_signed_in
    with pytest.raises(TimeoutError):
        close_code(kept, 0.3)


def test_ended_session_opens_no_new_socket(people_here, browse):
    here = browse("alice")
    cookies = dict(here.session.cookies)
    here.post("/accounts/logout/", {})
    here.session.cookies.update(cookies)

    with pytest.raises(InvalidStatus, match="403"), here.open_socket():
        pass


def test_another_process_closes_sockets_through_redis(people_here, start_server, redis_url, stack):
    server = start_server(redis_url=redis_url)
    link = stack.enter_context(stack.enter_context(Browser(server)).sign_in("alice").open_socket())

    act = "from digi.accounts.services import people; people.deactivate(user=User.objects.get(username='alice'))"
    environment = {**os.environ, **server.environment}
    subprocess.run([sys.executable, "manage.py", "shell", "-c", act], cwd=ROOT, env=environment, check=True)

    assert close_code(link, SOON) == 4401
