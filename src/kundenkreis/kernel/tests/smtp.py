"""A mail server for tests: it takes what it is given, or says what it is told to say."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Server(socketserver.ThreadingTCPServer):
    """Keeps what it got; `answer` is what it says once it has all of a mail."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.answer = "250 taken"
        self.got: list[tuple[list[str], str]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self._say("220 here")
        to: list[str] = []
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("DATA"):
                self._say("354 go on")
                self.server.got.append((to, self._text()))
                self._say(self.server.answer)
            elif verb.startswith("QUIT"):
                self._say("221 bye")
                return
            else:
                if verb.startswith("RCPT"):
                    to = [*to, line.partition("<")[2].partition(">")[0]]
                self._say("250 well")

    def _text(self) -> str:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.decode())
        return "".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def server() -> Iterator[Server]:
    """A server on a port of its own, until the block ends."""
    with Server() as one:
        threading.Thread(target=one.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield one
        finally:
            one.shutdown()


def mailers(port: int) -> dict[str, Any]:
    """Settings that send through it."""
    backend = "kundenkreis.kernel.mail.backend.Backend"
    options = {"host": "127.0.0.1", "port": port, "timeout": 5}
    return {name: {"BACKEND": backend, "OPTIONS": options} for name in ("default", "bulk")}
