"""Is the server in this container ready? Asked with a host name that it answers to."""

import os
import sys
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

port = os.environ.get("DIGI_PORT") or "8000"
file = os.environ.get("DIGI_ALLOWED_HOSTS_FILE")
hosts = Path(file).read_text() if file else os.environ.get("DIGI_ALLOWED_HOSTS", "")
names = [word.strip().lstrip(".") for word in hosts.split(",")]
name = next((name for name in names if name not in {"", "*"}), "localhost")
request = Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": name})
try:
    with build_opener(ProxyHandler({})).open(request, timeout=4) as answer:  # a proxy is for what lies outside
        sys.exit(0 if answer.status == 200 else 1)
except OSError as error:
    sys.exit(f"not ready: {error}")
