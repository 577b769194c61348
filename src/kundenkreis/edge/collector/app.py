"""The collector as a plain ASGI application, before Django's handler: it has to be quick.

POST /v1/{identify,track,page,screen,group,alias,batch}   calls of the Segment specification
POST /v1/consent, /v1/count                               the browser script
GET  /v1/decide, POST /v1/exposure                        offers, see `edge.offers.endpoints`
GET  /kk.js, /kk-offer.js                                 the browser script itself
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import parse_qsl

from kundenkreis.edge.collector import limits
from kundenkreis.edge.collector.bodies import Bodies, Receive
from kundenkreis.edge.collector.book import SourceBook
from kundenkreis.edge.collector.calls import BATCH, CALLS, parsed, write_key
from kundenkreis.edge.collector.cross_origin import check_origin, headers_for, preflight
from kundenkreis.edge.collector.recording import Recorder
from kundenkreis.edge.collector.scripts import NAMES, Scripts
from kundenkreis.edge.collector.values import SUCCESS, Headers, Refused, Request, Response
from kundenkreis.edge.collector.writer import Writer

Scope = dict[str, Any]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Endpoint = Callable[[Request], Awaitable[Response]]


class OfferEndpoints(Protocol):
    """What `edge.offers` answers."""

    async def decide(self, request: Request) -> Response: ...
    async def expose(self, request: Request) -> Response: ...


PREFIX = "/v1/"
SCRIPTS = frozenset(f"/{name}" for name in NAMES)
DRAIN_SECONDS = 1.5  # to write what is waiting when the process is told to stop

log = logging.getLogger(__name__)


class Collector:
    """One per process. `hosts` are the names it answers to; `*` for any.

    `proxied`: behind a proxy of ours, which says for whom it asks.
    """

    def __init__(
        self,
        *,
        hosts: Callable[[str], bool],
        offers: Callable[[Writer], OfferEndpoints],
        proxied: bool = False,
        bodies: Bodies | None = None,
        book: SourceBook | None = None,
        scripts: Scripts | None = None,
    ) -> None:
        self._hosts = hosts
        self._proxied = proxied
        self._bodies = bodies or Bodies()
        self._book = book or SourceBook()
        self._scripts = scripts or Scripts()
        self._writer = Writer()
        recorder, offered = Recorder(self._writer), offers(self._writer)
        self._gets: dict[str, Endpoint] = {"decide": offered.decide}
        self._posts: dict[str, tuple[Endpoint, int]] = {
            "consent": (recorder.consent, limits.CALL),
            "count": (recorder.count, limits.CALL),
            "exposure": (offered.expose, limits.CALL),
        }
        for path, call in CALLS.items():
            self._posts[path] = (
                _of_call(recorder, call),
                limits.BATCH if call == BATCH else limits.CALL,
            )

    @staticmethod
    def serves(path: str) -> bool:
        """Whether a path is ours; Django has all others."""
        return path.startswith(PREFIX) or path in SCRIPTS

    def start(self) -> None:
        """Begin to write."""
        self._writer.start()

    def stop(self) -> None:
        """Write what is waiting, then end."""
        self._writer.stop(DRAIN_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        try:
            try:
                await self._greet(headers, origin)
                if scope["path"] in SCRIPTS:
                    await self._send_script(scope, headers, send)
                    return
                if scope["method"] == "OPTIONS":
                    await _send(send, preflight(self._book, origin), self._readable(origin))
                    return
                endpoint, most = self._endpoint(scope["method"], scope["path"])
                length = _length(headers)
            except Refused as refused:
                raise await self._bodies.refuse(receive, refused) from None
            body = await self._bodies.read(receive, length, most)
            try:
                response = await self._respond(endpoint, scope, headers, origin, body, most)
            finally:
                self._bodies.release(len(body))
        except Refused as refused:
            response = refused.response()
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            response = Refused(500, "this is our fault, not yours").response()
        await _send(send, response, self._readable(origin))

    async def _greet(self, headers: Mapping[bytes, bytes], origin: str) -> None:
        """Check whom the request is for; know which sites may read our answer."""
        if not self._hosts(headers.get(b"host", b"").decode("latin-1")):
            raise Refused(421, "this host name is not ours")
        if origin:
            await self._book.refresh()

    def _readable(self, origin: str) -> Mapping[str, str]:
        return headers_for(self._book, origin)

    def _endpoint(self, method: str, path: str) -> tuple[Endpoint, int]:
        """The endpoint of an address, and how large its body may be. Raises `Refused`."""
        name = path.removeprefix(PREFIX)
        get, post = self._gets.get(name), self._posts.get(name)
        if get is None and post is None:
            raise Refused(404, "there is nothing at this address")
        if get is not None and method in ("GET", "HEAD"):
            return get, 0
        if post is None or method != "POST":
            allowed = "POST" if post else "GET"
            raise Refused(405, f"only {allowed} is answered here", headers={"Allow": allowed})
        self._writer.make_room()
        return post

    async def _respond(
        self,
        endpoint: Endpoint,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        origin: str,
        body: bytes,
        most: int,
    ) -> Response:
        encoding = headers.get(b"content-encoding", b"").decode("latin-1").strip().lower()
        with self._bodies.unpacked(body, encoding, most) as text:
            data = parsed(text) if scope["method"] == "POST" else {}
            query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
            key = write_key(headers.get(b"authorization", b""), data, query)
            source = await self._book.source(key)
            check_origin(source, origin)
            address = self._address(scope, headers)
            request = Request(
                scope["method"], scope["path"], query, Headers(headers), text, data, source, address
            )
            return await endpoint(request)

    def _address(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        """The client's address; the last one in the header is what our own proxy saw."""
        if self._proxied:
            return headers.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2].strip()
        return str((scope.get("client") or [""])[0])

    async def _send_script(self, scope: Scope, headers: Mapping[bytes, bytes], send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            raise Refused(405, "only GET is answered here", headers={"Allow": "GET"})
        status, answer, content = self._scripts.answer(scope["path"], headers)
        await _start(send, status, answer, len(content))
        body = b"" if scope["method"] == "HEAD" else content
        await send({"type": "http.response.body", "body": body})


def _of_call(recorder: Recorder, call: str) -> Endpoint:
    async def record(request: Request) -> Response:
        return await recorder.calls(call, request)

    return record


def _length(headers: Mapping[bytes, bytes]) -> int | None:
    text = headers.get(b"content-length")
    if text is None:
        return None
    if not text.isdigit():
        raise Refused(400, "Content-Length is no number")
    return int(text)


async def _send(send: Send, response: Response, more: Mapping[str, str]) -> None:
    if response is SUCCESS:
        content = _STORED
    else:
        content = b"" if response.status == 204 else response.content()
    await _start(send, response.status, {**_USUAL, **more, **response.headers}, len(content))
    await send({"type": "http.response.body", "body": content})


async def _start(send: Send, status: int, headers: Mapping[str, str], length: int) -> None:
    pairs = _encoded(tuple(headers.items()), length)
    await send({"type": "http.response.start", "status": status, "headers": pairs})


@lru_cache(maxsize=512)  # most answers are the same few
def _encoded(headers: tuple[tuple[str, str], ...], length: int) -> list[tuple[bytes, bytes]]:
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return [
        *pairs,
        (b"content-length", str(length).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]


_USUAL = {"Content-Type": "application/json", "Cache-Control": "no-store"}
_STORED = SUCCESS.content()
