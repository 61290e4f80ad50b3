"""Is the server in this container ready? Asked with a host name that it answers to."""

import os
import sys
from urllib.request import Request, urlopen

port = os.environ.get("DIGI_PORT") or "8000"
name = (os.environ.get("DIGI_ALLOWED_HOSTS") or "localhost").split(",")[0].strip().lstrip(".")
request = Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": name})
try:
    with urlopen(request, timeout=4) as answer:  # noqa: S310 - the address stands above
        sys.exit(0 if answer.status == 200 else 1)
except OSError as error:
    sys.exit(f"not ready: {error}")
