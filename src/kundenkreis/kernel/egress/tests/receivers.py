"""Servers of our own that stand in for those outside: slow ones, endless ones, ones that point away."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@dataclass
class Receiver:
    """Takes connections on loopback and says to each what it was told; keeps what it heard."""

    say: Callable[[socket.socket, threading.Event], None]
    wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain
    host: str = "127.0.0.1"
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, 0), family=family)
        self._listener.settimeout(0.1)
        self.port: int = self._listener.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                plain, _who = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(5)
        with suppress(OSError):
            wire = self.wrap(plain)
            with wire:
                self.heard.append(whole(wire))
                self.say(wire, self._over)

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._listener.close()


def whole(wire: socket.socket) -> bytes:
    """A request with its body."""
    text = b""
    while b"\r\n\r\n" not in text and (part := wire.recv(65_536)):
        text += part
    head, _gap, body = text.partition(b"\r\n\r\n")
    length = next(
        (
            int(line[15:])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length and (part := wire.recv(65_536)):
        body += part
    return head + b"\r\n\r\n" + body


def says(text: bytes) -> Callable[[socket.socket, threading.Event], None]:
    return lambda wire, _over: wire.sendall(text)


def drips(text: bytes, pause: float) -> Callable[[socket.socket, threading.Event], None]:
    """Letter by letter, so that no single wait is long."""

    def say(wire: socket.socket, over: threading.Event) -> None:
        for letter in text:
            if over.wait(pause):
                return
            wire.sendall(bytes([letter]))

    return say


def endless(wire: socket.socket, over: threading.Event) -> None:
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
    while not over.is_set():
        wire.sendall(b"x" * 65_536)


@contextmanager
def receiver(
    say: Callable[[socket.socket, threading.Event], None] | None = None, **options: object
) -> Iterator[Receiver]:
    made = Receiver(say or says(OK), **options)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()
