"""Whatever is asked of the API of theses: an answer as its schema says, and never a fault of ours."""

from collections import Counter

import hypothesis
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from digi.accounts.scopes import Scope
from digi.accounts.services import tokens
from digi.environment import Rate

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OURS = ("programmes", "topic", "applications", "library", "theses", "threads", "comments", "change-requests", "invited")
NOT_OURS = ("documents", "receipts", "export")
ASKED_EACH = 12  # times each operation is asked, half of them about things that are there


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["supervisor", "student", "outsider"])
def test_api_answers_whatever_is_asked_as_its_schema_says(settings, world, who):
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(1_000_000, 1))
    _, token = tokens.create(user=world.people[who], name="everything", scopes=Scope.values)
    schema = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [one for one in operations if is_ours(one.path)]
    operations.sort(key=lambda one: one.method.upper() == "DELETE")  # what is gone is found no more
    ids = {f"{name}_id": str(row.uuid) for name, row in vars(world).items() if hasattr(row, "uuid")}
    asked: Counter = Counter()

    for operation in operations:

        @hypothesis.settings(
            max_examples=ASKED_EACH,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), real=st.booleans())
        def ask(case, real: bool) -> None:
            if real:
                known = {name: ids[name] for name in case.path_parameters or () if name in ids}
                case.path_parameters.update(known)
                if "X-Invitation" in (case.headers or {}):
                    case.headers["X-Invitation"] = world.secret
            answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
            asked[answer.status_code] += 1

        ask()

    assert len(operations) > 60
    assert {200, 400, 404} <= set(asked)
    assert max(asked) < 500


def is_ours(path: str) -> bool:
    first, *rest = path.removeprefix("/api/v1/").split("/")
    theirs = any(part.startswith(NOT_OURS) for part in rest)
    streams = path.startswith("/api/v1/invited/versions/")  # nobody here would close them; test_api reads them
    return (first.startswith(OURS) and not theirs and not streams) or path.endswith("/threads/")
