"""Rows in the form in which they are compared, as tables of Arrow; of many, by a second process.

    python -m kundenkreis.crm.people.duplicates.folding person < ROWS > TABLES

Folding is Python's work and keeps one core busy, while a base is compared by all of them. So from
the second chunk on another process folds what this one has no time for; it ends with its input.
"""

from __future__ import annotations

import marshal
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from kundenkreis.crm.people.duplicates.fields import FIELDS, Kind
from kundenkreis.crm.people.duplicates.standard import COLUMNS, Values, standard
from kundenkreis.kernel.children import environment

if TYPE_CHECKING:
    import pyarrow as pa

SIZE = 8  # bytes of a length


class Row(NamedTuple):
    """One person or organisation: how they are known, whom they truly are, and their fields."""

    id: str
    values: Values
    truth: str = ""


class Chunk(NamedTuple):
    """Some rows of a file, and the number of the first of them."""

    file: int
    number: int
    rows: Sequence[Row]


class Folded(NamedTuple):
    """A chunk as it is compared, and as it was handed over."""

    side: pa.Table
    source: pa.Table


def folded(kind: Kind, chunks: Iterable[Chunk], threads: int) -> Iterator[Folded]:
    """The chunks, in the order in which they are done."""
    helper: Helper | None = None
    try:
        for at, chunk in enumerate(chunks):
            if at and helper is None and threads > 1:
                helper = Helper(kind)
            if helper and helper.given and helper.done():
                yield helper.take(helper.given)
            if helper and not (helper.given or helper.gone):
                helper.give(chunk)
            else:
                yield fold(kind, chunk)
        if helper and helper.given:
            yield helper.take(helper.given)
    finally:
        if helper:
            helper.close()


def fold(kind: Kind, chunk: Chunk) -> Folded:
    """Both tables of a chunk."""
    import pyarrow as pa

    texts, lists = COLUMNS[kind]
    make = standard(kind)
    types = [pa.string()] * len(texts) + [pa.list_(pa.string())] * len(lists)
    made = zip(*(make(row.values) for row in chunk.rows), strict=True)
    columns: dict[str, Any] = {
        name: pa.array(cells, type_)
        for name, cells, type_ in zip((*texts, *lists), made, types, strict=True)
    }
    count = len(chunk.rows)
    where = {
        "id": pa.array(range(chunk.number, chunk.number + count), pa.int64()),
        "file": pa.array([chunk.file] * count, pa.int32()),
    }
    known = set[str]().union(*(row.values for row in chunk.rows))
    given: dict[str, Any] = {
        "known_as": [row.id for row in chunk.rows],
        "truth": [row.truth or None for row in chunk.rows],
    }
    for field in FIELDS[kind]:
        key = field.key
        has = key in known
        given[key] = [_text(row.values.get(key)) for row in chunk.rows] if has else [None] * count
    source = {key: pa.array(cells, pa.string()) for key, cells in given.items()}
    return Folded(pa.table({**where, **columns}), pa.table({**where, **source}))


def _text(given: Sequence[str] | None) -> str | None:
    if not given:
        return None
    return (given[0] if len(given) == 1 else ", ".join(filter(None, given))) or None


class Helper:
    """The second process. It is given a chunk, and its tables are taken before it is given another.

    When the system ends it, as where memory is short, what it was given is folded here.
    """

    def __init__(self, kind: Kind) -> None:
        self.given: Chunk | None = None
        self.gone = False
        self._kind = kind
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
        )

    def give(self, chunk: Chunk) -> None:
        """Let it fold these rows."""
        self.given = chunk
        rows = [tuple(row) for row in chunk.rows]
        with suppress(BrokenPipeError):
            _write(self._in, marshal.dumps((chunk.file, chunk.number, rows)))

    def done(self) -> bool:
        """Whether its tables are there, or it is."""
        return bool(select.select([self._out], [], [], 0)[0])

    def take(self, given: Chunk) -> Folded:
        """The tables of what it was given, waiting for them if need be."""
        import pyarrow as pa

        self.given = None
        tables = [_read(self._out) for _ in Folded._fields]
        if None in tables:
            self.gone = True
            return fold(self._kind, given)
        return Folded(*(pa.ipc.open_stream(table).read_all() for table in tables))

    def close(self) -> None:
        """Leave nothing behind."""
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):
            self._in.close()
        self._out.close()

    @property
    def _in(self) -> IO[bytes]:
        return cast("IO[bytes]", self._process.stdin)

    @property
    def _out(self) -> IO[bytes]:
        return cast("IO[bytes]", self._process.stdout)


def _write(out: IO[bytes], data: bytes | memoryview) -> None:
    out.write(len(data).to_bytes(SIZE))
    out.write(data)
    out.flush()


def _read(file: IO[bytes]) -> bytes | None:
    """The next piece; None at the end."""
    size = file.read(SIZE)
    data = file.read(int.from_bytes(size))
    return data if len(size) == SIZE and len(data) == int.from_bytes(size) else None


def main() -> None:
    """Fold what comes in until nothing comes any more."""
    import pyarrow as pa

    kind = Kind(sys.argv[1])
    while (data := _read(sys.stdin.buffer)) is not None:
        file, number, rows = marshal.loads(data)  # noqa: S302 - from the one who started it
        for table in fold(kind, Chunk(file, number, [Row(*row) for row in rows])):
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, table.schema) as stream:
                stream.write_table(table)
            _write(sys.stdout.buffer, memoryview(sink.getvalue()))


if __name__ == "__main__":
    main()
