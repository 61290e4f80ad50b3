"""`manage.py worker` that knows the tests' tasks and things: what `process.Worker` starts.

It imports nothing that decides what Django reads, as `tests.servers` does.
"""

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()

    from digi.notifications import kinds
    from tests.digi.notifications.conftest import AUTHOR, REMARK
    from tests.digi.worker import tasks  # noqa: F401 - registers them

    kinds.register(REMARK)
    kinds.register_reason(AUTHOR)
    kinds.register_target("thing", lambda _name, ids: set(ids))
    call_command("worker")
