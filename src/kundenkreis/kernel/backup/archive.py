"""The file a backup is: a tar archive, compressed, encrypted; `age -d FILE | tar xz` opens it, too.

First stands what it is (`about.json`), last what must be in it (`manifest.json`: size and SHA-256 of
every part, rows of every table). Parts pass through; none is ever held in memory as a whole.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, Self, cast

from kundenkreis.kernel.backup.age import Opened, Sealed, damaged
from kundenkreis.kernel.backup.keys import Key

ABOUT, MANIFEST = "about.json", "manifest.json"
LEVEL = 1  # of compression: twice as quick as the next, and nearly as small
PIECE = 1024 * 1024
LONGEST_NOTE = 64 * PIECE  # bytes of what is read into memory
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


@dataclass(slots=True)
class Writer:
    """Writes parts one after another, within `with`; what is not finished is no backup."""

    file: IO[bytes]
    key: Key
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    _sealed: Sealed = field(init=False)
    _packed: gzip.GzipFile = field(init=False)
    _tar: tarfile.TarFile = field(init=False)

    def __post_init__(self) -> None:
        self._sealed = Sealed(self.file, self.key)
        self._packed = gzip.GzipFile(
            fileobj=cast("IO[bytes]", self._sealed), mode="wb", compresslevel=LEVEL, mtime=0
        )
        # Closed when the block ends.
        self._tar = tarfile.open(  # noqa: SIM115
            fileobj=self._packed, mode="w|", format=tarfile.PAX_FORMAT
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._sealed.give_up()
            self._tar.close()
            self._packed.close()

    def note(self, name: str, said: Any) -> None:
        """Add a small part: JSON of whatever is said, or text as it is."""
        text = said if isinstance(said, str) else json.dumps(said, indent=1, sort_keys=True)
        data = text.encode()
        self.add(name, io.BytesIO(data), len(data))

    def add(self, name: str, content: IO[bytes], size: int) -> None:
        """Add a part of so many bytes. Raises `OSError` where it has fewer."""
        hashed = _Hashed(content)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, cast("IO[bytes]", hashed))
        self.parts[name] = {"size": size, "sha256": hashed.digest}

    def finish(self, said: dict[str, Any]) -> None:
        """Add the manifest, and end the file."""
        self.note(MANIFEST, {**said, "parts": dict(self.parts)})
        self._tar.close()
        self._packed.close()
        self._sealed.finish()
        self.file.flush()


@dataclass(slots=True)
class Reader:
    """Gives the parts in their order. The last check comes last: only whoever has read all of them
    knows that the file is whole, so nothing is to be done with any before that."""

    file: IO[bytes]
    key: Key
    manifest: dict[str, Any] = field(default_factory=dict)

    def parts(self) -> Generator[tuple[str, IO[bytes]]]:
        """Name and content of each part. Raises `Damaged` and `WrongKey`."""
        found: dict[str, dict[str, Any]] = {}
        with _damage_told():
            opened = io.BufferedReader(Opened(self.file, self.key), PIECE)
            packed = gzip.GzipFile(fileobj=opened)
            with tarfile.open(fileobj=packed, mode="r|") as tar:
                for entry in tar:
                    content = tar.extractfile(entry)
                    if content is None or not _NAME.fullmatch(entry.name) or entry.name in found:
                        raise damaged()
                    hashed = _Hashed(content)
                    if entry.name == MANIFEST:
                        self.manifest = json.loads(hashed.read(LONGEST_NOTE))
                    yield entry.name, cast("IO[bytes]", hashed)
                    while hashed.read(PIECE):
                        pass
                    found[entry.name] = {"size": entry.size, "sha256": hashed.digest}
            while packed.read(PIECE):  # to the end, where the seal says that it is the end
                pass
            found.pop(MANIFEST, None)
            if found != self.manifest.get("parts"):
                raise damaged()


def read_note(content: IO[bytes]) -> str:
    """A small part as text."""
    return content.read(LONGEST_NOTE).decode()


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        raise damaged() from error


class _Hashed:
    """A file whose hash is taken while it is read."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self._hash = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._content.read(size)
        self._hash.update(data)
        return data

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()
