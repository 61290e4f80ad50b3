"""Whatever is asked of the API of theses: an answer as its schema says, and never a fault of ours."""

import pytest

from digi.accounts.scopes import Scope
from digi.accounts.services import tokens
from digi.environment import Rate
from tests.thesis.schema import ask_everything

OURS = (
    "programmes",
    "topic",
    "applications",
    "library",
    "theses",
    "threads",
    "comments",
    "change-requests",
    "invited",
    "saved",
)
NOT_OURS = ("documents", "receipts", "export")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["supervisor", "student", "outsider"])
def test_api_answers_whatever_is_asked_as_its_schema_says(settings, world, who):
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(1_000_000, 1))
    _, token = tokens.create(user=world.people[who], name="everything", scopes=Scope.values)
    ids = {f"{name}_id": str(row.uuid) for name, row in vars(world).items() if hasattr(row, "uuid")}

    operations, asked = ask_everything(is_ours, ids=ids, token=token, secret=world.secret)

    assert operations > 60
    assert {200, 400, 404} <= set(asked)
    assert max(asked) < 500


def is_ours(path: str) -> bool:
    first, *rest = path.removeprefix("/api/v1/").split("/")
    theirs = any(part.startswith(NOT_OURS) for part in rest)
    streams = path.startswith("/api/v1/invited/versions/")  # nobody here would close them; test_api reads them
    return (first.startswith(OURS) and not theirs and not streams) or path.endswith("/threads/")
