"""Every operation of the schema asked about things that are there, and about things that are not."""

from collections import Counter
from collections.abc import Callable, Mapping

import hypothesis
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

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ASKED_EACH = 8  # times each operation is asked, half of them about things that are there


def ask_everything(
    ours: Callable[[str], bool], *, ids: Mapping[str, str], token: str, secret: str = "", query: Mapping[str, str] = {}
) -> tuple[int, Counter]:
    """Ask the operations whose path is ours: how many they are, and how often each status was the answer.

    `ids` are of things that are there, by the names of the paths' parameters, `query` likewise; `secret` is a link's.
    """
    schema = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [one for one in operations if ours(one.path)]
    operations.sort(key=lambda one: one.method.upper() == "DELETE")  # what is gone is found no more
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
                case.path_parameters.update({name: ids[name] for name in case.path_parameters or () if name in ids})
                case.query.update({name: query[name] for name in case.query or () if name in query})
                if "X-Invitation" in (case.headers or {}):
                    case.headers["X-Invitation"] = secret
            answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
            asked[answer.status_code] += 1

        ask()
    return len(operations), asked
