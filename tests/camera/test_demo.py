"""What `manage.py demo` makes of cameras."""

import stat

import pytest
from django.core.management import call_command

from camera.models import AgentToken, Camera
from camera.services import cameras, tokens
from digi.accounts.models import User


@pytest.fixture
def demo(db, settings, tmp_path, capsys):
    """Run the command; the path of the token's file."""
    settings.DEBUG, settings.VAR = True, tmp_path

    def run():
        call_command("demo")
        return tmp_path / "demo_camera_token"

    return run


def test_demo_camera_is_operated_by_the_people_of_the_demo_and_opened_by_its_token(demo):
    path = demo()

    camera = Camera.objects.get(slug="default")
    (token,) = tokens.find([path.read_text().strip()])
    assert (camera.name, token.camera) == ("Demo camera", camera)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {str(cameras.role_of(user=user, camera=camera)) for user in User.objects.all()} == {"operator", "admin"}


def test_second_demo_keeps_the_token_until_it_is_revoked(demo):
    before = demo().read_text()

    same = demo().read_text()
    tokens.revoke(token=AgentToken.objects.get(), by=None)
    fresh = demo().read_text()

    assert same == before
    assert fresh != before
    assert AgentToken.objects.valid().count() == 1
