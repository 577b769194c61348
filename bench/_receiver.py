"""A receiver of webhooks: a process of its own that says yes to everything, and when it heard what.

`GET /` tells how many came and the seconds between the first and the last.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TIMES: list[float] = []
LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with LOCK:
            TIMES.append(time.monotonic())
        self._say(b"ok")

    def do_GET(self) -> None:
        with LOCK:
            took = TIMES[-1] - TIMES[0] if TIMES else 0.0
            body = json.dumps({"heard": len(TIMES), "seconds": took}).encode()
        self._say(body)

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """What it heard is asked for."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
