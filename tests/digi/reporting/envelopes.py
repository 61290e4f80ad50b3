"""What stands in for Sentry: an HTTP server that takes envelopes and keeps every byte that reaches it."""

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli

PACKED = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class Collector:
    """`dsn` names it; `raw` is all that came, `events` those that it reads in the envelopes."""

    def __init__(self) -> None:
        self.raw, self.events = b"", list[dict[str, Any]]()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                body = PACKED[self.headers.get("Content-Encoding", "")](body)
                collector.raw += str(self.headers).encode() + body
                lines = [json.loads(line) for line in body.splitlines() if line]
                collector.events += [
                    event for head, event in zip(lines[1::2], lines[2::2], strict=True) if head["type"] == "event"
                ]
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.dsn = f"http://public@127.0.0.1:{self._server.server_port}/1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "Collector":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_for(self, count: int, seconds: float = 30) -> list[dict[str, Any]]:
        deadline = time.monotonic() + seconds
        while len(self.events) < count:
            assert time.monotonic() < deadline, f"{len(self.events)} of {count} reports came"
            time.sleep(0.02)
        return self.events
