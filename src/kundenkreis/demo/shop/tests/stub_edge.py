"""A stand-in for the edge that speaks the protocol of frontend/shop/README.md over real sockets."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import kundenkreis

BUILT = Path(kundenkreis.__file__).parent / "edge/static/built"


@dataclass(frozen=True)
class Request:
    """What arrived."""

    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    text: str
    at: float = field(default_factory=time.monotonic)

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class StubEdge(ThreadingHTTPServer):
    """Keeps every request, answers as told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin = f"http://localhost:{self.server_port}"
        self.requests: list[Request] = []
        self.failures: dict[str, deque[tuple[int, dict[str, str]]]] = {}
        self.offers: list[dict[str, Any]] = []
        self.again: int | None = None
        self.smuggled = ""  # script put before kk.js: a loader that misbehaves
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def fail(self, path: str, *answers: int | tuple[int, dict[str, str]]) -> None:
        """Answers the next requests to a path with these codes; 0 closes without an answer."""
        pairs = ((answer, {}) if isinstance(answer, int) else answer for answer in answers)
        self.failures.setdefault(path, deque()).extend(pairs)

    def got(self, path: str) -> list[Request]:
        """The requests to a path, in order of arrival."""
        return [request for request in list(self.requests) if request.path == path]

    def bodies(self, path: str, *key: str) -> list[dict[str, Any]]:
        """The different bodies that came to a path; the same key is a repetition."""
        found = [request.json for request in self.got(path)]
        return list({tuple(body[name] for name in key): body for body in reversed(found)}.values())[
            ::-1
        ]

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """The different events that came in batches; by name of a track call."""
        found = [event for request in self.got("/v1/batch") for event in request.json["batch"]]
        different = list({event["messageId"]: event for event in found}.values())
        return [event for event in different if name is None or event.get("event") == name]

    def exposures(self) -> list[dict[str, Any]]:
        """The different exposures."""
        return self.bodies("/v1/exposure", "token", "at")

    def consents(self) -> list[dict[str, Any]]:
        """The different consents and withdrawals."""
        return self.bodies("/v1/consent", "anonymousId", "at")

    def wait(self, condition: Any, seconds: float = 8.0) -> Any:
        """Waits until a condition holds; fails the test otherwise."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := condition():
                return found
            time.sleep(0.02)
        paths = [request.path for request in self.requests]
        raise AssertionError(f"not within {seconds} s; the edge got {paths}")


class _Handler(BaseHTTPRequestHandler):
    server: StubEdge
    protocol_version = "HTTP/1.1"
    timeout = 5

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path in ("/kk.js", "/kk-offer.js"):
            self._keep("")
            script = (BUILT / url.path[1:]).read_bytes()
            smuggled = self.server.smuggled.encode() if url.path == "/kk.js" else b""
            return self._answer(url.path, smuggled + script, "text/javascript")
        self._keep("")
        answer = {"offers": self.server.offers, "again": self.server.again}
        return self._answer(url.path, json.dumps(answer).encode())

    def do_POST(self) -> None:
        self._keep(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        self._answer(self.path, b'{"success": true}')

    def do_OPTIONS(self) -> None:
        self._keep("")
        self._answer(self.path, b"", status=405)  # the protocol needs no preflight

    def _keep(self, text: str) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        self.server.requests.append(
            Request(self.command, url.path, dict(self.headers.items()), query, text)
        )

    def _answer(
        self, path: str, body: bytes, kind: str = "application/json", status: int = 200
    ) -> None:
        headers: dict[str, str] = {}
        if self.server.failures.get(path):
            status, headers = self.server.failures[path].popleft()
            body = b""
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "Retry-After",
            "Cache-Control": "no-store",
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002
        pass
