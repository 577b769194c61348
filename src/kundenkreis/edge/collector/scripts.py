"""The browser scripts that shops include: kept in memory, compressed once, never executed here."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kundenkreis.edge.collector.values import Refused

BUILT = Path(__file__).resolve().parents[1] / "static" / "built"
NAMES = ("kk.js", "kk-offer.js")


@dataclass(frozen=True, slots=True)
class Script:
    """One built file with its compressed form."""

    plain: bytes
    packed: bytes
    etag: str
    read_at: int

    @classmethod
    def of(cls, path: Path) -> Script:
        plain = path.read_bytes()
        etag = f'"{hashlib.sha256(plain).hexdigest()[:24]}"'
        return cls(plain, gzip.compress(plain, 9, mtime=0), etag, path.stat().st_mtime_ns)


class Scripts:
    """The scripts by their path; a new build is noticed."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._folder = folder
        self._kept: dict[str, Script] = {}

    def answer(
        self, path: str, headers: Mapping[bytes, bytes]
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for `/kk.js` and its like. Raises `Refused` (404)."""
        script = self._script(path.removeprefix("/"))
        answer = {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
            "ETag": script.etag,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if script.etag.encode() in headers.get(b"if-none-match", b""):
            return 304, answer, b""
        if b"gzip" in headers.get(b"accept-encoding", b""):
            return 200, {**answer, "Content-Encoding": "gzip"}, script.packed
        return 200, answer, script.plain

    def _script(self, name: str) -> Script:
        path = self._folder / name
        try:
            changed = path.stat().st_mtime_ns
            kept = self._kept.get(name)
            if kept is None or kept.read_at != changed:
                kept = self._kept[name] = Script.of(path)
        except OSError:
            raise Refused(404, "this script was not built yet: make setup") from None
        return kept
