"""What requests and answers are to the endpoints: small values, whatever server carries them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kundenkreis.engage.tracking.sources import SourceView


class Headers(Mapping[str, str]):
    """A request's headers by their lower-case names, decoded only when somebody asks."""

    def __init__(self, raw: Mapping[bytes, bytes]) -> None:
        self._raw = raw

    def __getitem__(self, name: str) -> str:
        return self._raw[name.lower().encode("latin-1")].decode("latin-1")

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1") for name in self._raw)

    def __len__(self) -> int:
        return len(self._raw)


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a source that is known. `data` is the JSON object of the body, empty for GET.

    `address` is the client's; it is never stored.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    data: Mapping[str, Any]
    source: SourceView
    address: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: HTTP status, anything that is JSON, and headers beyond the usual ones."""

    status: int
    json: Any = field(default_factory=lambda: {"success": True})
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body as it is sent."""
        text = json.dumps(self.json, ensure_ascii=False, separators=(",", ":"))
        # Halves of surrogate pairs in what a client sent cannot be sent back.
        return text.encode(errors="replace")


SUCCESS = Response(200)


class Refused(Exception):
    """The request as a whole is not taken; nothing of it is stored.

    `why` tells a developer what to change. `close`: the connection ends with the answer, because
    the rest of the request is not wanted any more.
    """

    def __init__(
        self,
        status: int,
        why: str,
        *,
        close: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(why)
        self.status, self.why, self.close = status, why, close
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """What the client gets to see."""
        headers = {**self.headers, "Connection": "close"} if self.close else self.headers
        return Response(self.status, {"success": False, "error": self.why}, headers)


def too_busy(why: str, *, status: int = 503, seconds: int = 1) -> Refused:
    """Come back later: 503 when everybody has to wait, 429 when this source has."""
    return Refused(status, why, headers={"Retry-After": str(seconds)})
