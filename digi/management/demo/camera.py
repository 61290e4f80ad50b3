"""The demo's camera: everybody of the demo operates it, and its agent's token lies where `make run` finds it."""

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkstemp

from camera.models import DEFAULT, Camera, Role, Visibility
from camera.services import cameras, grants, tokens
from digi.accounts.models import Department, User

NAME = "Demo camera"


def set_up(everyone: Mapping[str, User], department: Department, token_file: Path) -> None:
    """Make what is missing. The token is made anew where the one in the file opens nothing."""
    camera = Camera.objects.filter(slug=DEFAULT).first() or cameras.create(
        by=None, slug=DEFAULT, name=NAME, department=department, location="B 204", visibility=Visibility.EVERYONE
    )
    if camera.retired_at is not None:
        return
    granted = set(camera.grants.values_list("user_id", flat=True))
    for user in everyone.values():
        if user.pk not in granted:
            grants.give(camera=camera, by=None, user=user, role=Role.OPERATOR)
    if not _opens(token_file, camera):
        _, secret = tokens.issue(camera=camera, by=None)
        _write(token_file, secret)


def _opens(token_file: Path, camera: Camera) -> bool:
    try:
        (token,) = tokens.find([token_file.read_text().strip()])
    except FileNotFoundError:
        return False
    return token is not None and token.camera_id == camera.pk


def _write(path: Path, secret: str) -> None:
    """Whole or not at all, and for its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = mkstemp(dir=path.parent)  # its mode is 600
    with os.fdopen(handle, "w") as file:
        file.write(secret + "\n")
    Path(draft).replace(path)
