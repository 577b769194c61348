"""Reading a request's body: size first, then a deadline of our own, then gzip without a bomb."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kundenkreis.edge.collector import limits
from kundenkreis.edge.collector.values import Refused, too_busy

Receive = Callable[[], Awaitable[dict[str, Any]]]

_GZIP = 16 + zlib.MAX_WBITS


class Bodies:
    """All bodies that are being read or processed; together they have a limit."""

    def __init__(
        self, most: int = limits.BODIES, seconds: float | None = limits.BODY_SECONDS
    ) -> None:
        self._most, self._seconds = most, seconds
        self._held = 0

    async def read(self, receive: Receive, length: int | None, most: int) -> bytes:
        """The body, at most `most` bytes of it. The caller gives `len` of it back by `release`.

        Raises `Refused`: 413 when it is too large, 408 when it takes too long, 503 when there are
        too many bodies already.
        """
        if length is not None and length > most:
            raise await self.refuse(receive, _too_large(most))
        held, more = 0, True
        parts: list[bytes] = []
        try:
            async with asyncio.timeout(self._seconds):
                while True:
                    part, more = await _part(receive)
                    held += len(part)
                    self._held += len(part)
                    if held > most:
                        raise _too_large(most)
                    if self._held > self._most:
                        raise too_busy("too many requests at once")
                    parts.append(part)
                    if not more:
                        return parts[0] if len(parts) == 1 else b"".join(parts)
        except TimeoutError:
            self.release(held)
            raise _too_slow() from None
        except Refused as refused:
            self.release(held)
            raise await self.refuse(receive, refused) if more else refused from None
        except BaseException:
            self.release(held)
            raise

    async def refuse(self, receive: Receive, refused: Refused) -> Refused:
        """Let the rest of a body pass, so that its sender gets to read why it is refused.

        Whoever goes on sending for too long is cut off.
        """
        passed = 0
        try:
            async with asyncio.timeout(self._seconds):
                more = True
                while more and passed <= limits.IGNORED:
                    part, more = await _part(receive)
                    passed += len(part)
        except TimeoutError:
            return _too_slow()
        refused.close |= more
        return refused

    @contextmanager
    def unpacked(self, body: bytes, encoding: str, most: int) -> Iterator[bytes]:
        """The body without its compression, held as long as it is needed.

        Raises `Refused`: 413, 415, 400, and 503 when there are too many bodies already.
        """
        text = unpacked(body, encoding, most)
        more = 0 if text is body else len(text)
        self._held += more
        try:
            if self._held > self._most:
                raise too_busy("too many requests at once")
            yield text
        finally:
            self.release(more)

    def release(self, size: int) -> None:
        """The body is no longer needed."""
        self._held -= size


async def _part(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Refused(400, "the connection was closed within the body", close=True)
    return message.get("body") or b"", bool(message.get("more_body"))


def unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """The body without its compression. Raises `Refused`: 413, 415, 400."""
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise Refused(415, "only gzip is understood as Content-Encoding")
    engine = zlib.decompressobj(_GZIP)
    try:
        text = engine.decompress(body, most + 1)
    except zlib.error:
        raise Refused(400, "the body is no valid gzip") from None
    if len(text) > most:
        raise _too_large(most)
    if not engine.eof:
        raise Refused(400, "the gzip body is cut off")
    return text


def _too_large(most: int) -> Refused:
    return Refused(413, f"the body is larger than {most} bytes")


def _too_slow() -> Refused:
    return Refused(408, "the body took too long", close=True)
