#!/usr/bin/env python
"""`make machines`: Digi at two hosts, Redis and PostgreSQL at others; lines are cut under load, and all is compared.

Hosts are network namespaces of this machine: it wants root, Linux, PostgreSQL and Redis, and takes about eight minutes.
`python tests/machines/run.py cluster` plays the cases with that word in their names.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)

from tests.environment import DIRECTORY  # noqa: E402 - first of all
from tests.machines.network import Network  # noqa: E402
from tests.machines.servers import Postgres, needed  # noqa: E402


def main() -> int:
    """Play the cases; prints a table of what was seen."""
    if os.geteuid() or needed():
        print(f"make machines wants root, and {', '.join(needed()) or 'nothing else'}.", file=sys.stderr)
        return 2
    with Network("one", "two", "store", "database", "left", "middle", "right", "people") as network:
        network.enter("people")
        with Postgres(network, "database") as database:
            os.environ["DIGI_DATABASE_URL"] = database.url
            return _play(network, database.url, " ".join(sys.argv[1:]))


def _play(network: Network, database_url: str, wanted: str) -> int:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from tests.chaos import results
    from tests.machines.cases import Ground, play
    from tests.machines.people import People

    began = datetime.now(UTC)
    failed = False
    try:
        asyncio.run(play(Ground(network, People(), database_url), wanted))
    except Exception:
        failed = True
        raise
    finally:
        print(f"\n{began:%d %B %Y, %H:%M} UTC, load average {os.getloadavg()[1]:.1f}, logs in {DIRECTORY}\n")
        print("\n".join(results.table()))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
