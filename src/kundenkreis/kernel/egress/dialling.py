"""Asking one service once: resolve, look, dial what was looked at, read a little, within a time."""

from __future__ import annotations

import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from kundenkreis.kernel.egress.addresses import Allowed
from kundenkreis.kernel.egress.errors import NotReachable, Unanswered

SECONDS = 10.0  # for all of it
MOST = 64 * 1024  # bytes that are read, head and body
TRIED = 3  # addresses of one name
_HTTPS = 443
_PORTS = {"https": _HTTPS, "http": 80}
_FIRST_FREE = 1024  # ports below belong to services that speak something else

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the beginning of the body, the head."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, each once. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_kind, sockaddr in found))


_verified = cache(ssl.create_default_context)


@dataclass(frozen=True, slots=True)
class Egress:
    """Asks services outside; redirects are not followed, certificates are verified.

    Without TLS only what is `allowed` by name or network is asked.
    """

    allowed: Allowed = field(default_factory=Allowed)
    seconds: float = SECONDS
    resolve: Resolve = resolve
    tls: Callable[[], ssl.SSLContext] = _verified

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body to an address. Raises `NotReachable`, `Unanswered`."""
        parts, until = _parts(url), monotonic() + self.seconds
        host, port = _name(parts), parts.port or _PORTS[parts.scheme]
        addresses = self._addresses(host, port, until)
        named = all(self.allowed.names_or_holds(host, one) for one in addresses)
        if not named and (parts.scheme == "http" or (port != _HTTPS and port < _FIRST_FREE)):
            raise NotReachable("no TLS" if parts.scheme == "http" else "port")
        with _line(addresses[:TRIED], port, until) as line:
            try:
                if parts.scheme == "https":
                    line.wrap(self.tls(), host)
                return _ask(line, parts, body, {"Host": _host(parts), **headers})
            except (OSError, HTTPException, ValueError) as error:
                why = TimeoutError if line.over else type(error)
                raise Unanswered(why.__name__) from error

    def _addresses(self, host: str, port: int, until: float) -> list[str]:
        """What a name leads to, if all of it may be dialled."""
        found = _in_time(lambda: self.resolve(host, port), until)
        if not found or not all(self.allowed.may(host, one) for one in found):
            raise NotReachable("address")
        return found


def _parts(url: str) -> SplitResult:
    """An address in its parts. Raises `NotReachable` when it is none of the web."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError as error:
        raise NotReachable("address") from error
    if not usable or "@" in parts.netloc or not url.isprintable() or " " in url:
        raise NotReachable("address")
    return parts


def _name(parts: SplitResult) -> str:
    """The host as it is looked up and proved: in letters of ASCII. Raises `NotReachable`."""
    try:
        return (parts.hostname or "").encode("idna").decode()
    except UnicodeError as error:
        raise NotReachable("address") from error


def _host(parts: SplitResult) -> str:
    name = _name(parts)
    bare = f"[{name}]" if ":" in name else name
    return f"{bare}:{parts.port}" if parts.port else bare


def _in_time(find: Callable[[], list[str]], until: float) -> list[str]:
    """What a resolver says, which has no time limit of its own. Raises `Unanswered`."""
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(find())
        except (OSError, UnicodeError, ValueError) as error:
            found.append(error)

    thread = threading.Thread(target=work, daemon=True, name="resolve")
    thread.start()
    thread.join(max(until - monotonic(), 0))
    if not found:
        raise Unanswered("TimeoutError")
    if isinstance(found[0], Exception):
        raise Unanswered(type(found[0]).__name__) from found[0]
    return list(found[0])


class _Line:
    """A connection that ends when its time is over, whatever it is waiting for then."""

    def __init__(self, plain: socket.socket, until: float) -> None:
        self.socket, self.over = plain, False
        self._bell = threading.Timer(max(until - monotonic(), 0), self._end)
        self._bell.daemon = True
        self._bell.start()

    def wrap(self, tls: ssl.SSLContext, host: str) -> None:
        """Speak TLS from now on with whoever proves to be that host."""
        wrapped = tls.wrap_socket(self.socket, server_hostname=host, do_handshake_on_connect=False)
        self.socket = wrapped
        wrapped.do_handshake()

    def _end(self) -> None:
        self.over = True
        with suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def close(self) -> None:
        self._bell.cancel()
        self.socket.close()


@contextmanager
def _line(addresses: list[str], port: int, until: float) -> Iterator[_Line]:
    """A connection to the first of these addresses that takes one. Raises `Unanswered`."""
    plain = _dialled(addresses, port, until)
    # Its own limit only guards against a timer that does not come; the line's ends it earlier.
    plain.settimeout(max(until - monotonic(), 0) + 1)
    line = _Line(plain, until)
    try:
        yield line
    finally:
        line.close()


def _dialled(addresses: list[str], port: int, until: float) -> socket.socket:
    problem: OSError = TimeoutError()
    for number, address in enumerate(addresses):
        left = until - monotonic()
        if left <= 0:
            break
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        plain = socket.socket(family, socket.SOCK_STREAM)
        try:
            plain.settimeout(left / (len(addresses) - number))
            plain.connect((address, port))
        except OSError as error:
            plain.close()
            problem = error
        else:
            return plain
    raise Unanswered(type(problem).__name__) from problem


def _ask(line: _Line, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = HTTPConnection(parts.hostname or "")
    connection.auto_open = 0  # nobody else is dialled
    connection.sock = line.socket
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    given = {"User-Agent": "Kundenkreis", "Connection": "close"}
    connection.request("POST", path, body, {**given, **headers})
    sips = _Sips(line.socket)
    with HTTPResponse(sips, method="POST") as answer:  # type: ignore[arg-type]
        answer.begin()
        if not sips.left:
            raise HTTPException  # a head without an end looks like one that has ended
        told = _beginning(answer)
        if line.over:
            raise TimeoutError
        return Answer(answer.status, told, {k.lower(): v for k, v in answer.getheaders()})


def _beginning(answer: HTTPResponse) -> bytes:
    """The body, or as much of it as is read at all."""
    try:
        return answer.read(MOST)
    except IncompleteRead as cut:
        return bytes(cut.partial)


class _Sips(io.RawIOBase):
    """Reads at most `MOST` bytes of a connection; then it looks as if it had ended."""

    def __init__(self, wire: socket.socket) -> None:
        super().__init__()
        self._wire, self.left = wire, MOST

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """As a socket has it: what the head and the body are read from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)[: self.left]
        count = self._wire.recv_into(view) if len(view) else 0
        self.left -= count
        return count
