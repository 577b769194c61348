"""Finding duplicates in bulk: rows in, scored pairs out. Splink scores, on DuckDB.

It needs seconds and hundreds of megabytes, so it runs in the `kundenkreis` command or in a child
process, never in one that serves pages; DuckDB and Splink are loaded by the first call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kundenkreis.crm.people.duplicates import blocking, table
from kundenkreis.crm.people.duplicates.errors import TooLittleMemory
from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.duplicates.folding import Row
from kundenkreis.crm.people.duplicates.pairs import Pair, Truth, read, truth
from kundenkreis.crm.people.duplicates.scoring import score

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Resources:
    """What a run may use: memory in MiB before DuckDB writes to disk, and threads."""

    memory: int = 1_024
    threads: int = 2


@dataclass(frozen=True)
class Found:
    """`pairs` are the best ones, at most as many as asked for; `same` and `review` count all."""

    pairs: list[Pair]
    rows: list[int]
    compared: int
    left_out: int
    same: int
    review: int
    truth: Truth | None = None


@dataclass(frozen=True)
class Search:
    """What to look for duplicates in: one file in itself, or two across.

    `fields` are those that the rows hold; `most` limits the pairs that are handed over.
    """

    kind: Kind
    fields: frozenset[str]
    most: int
    has_truth: bool = False
    resources: Resources = field(default_factory=Resources)


def find(search: Search, files: Sequence[Iterable[Row]]) -> Found:
    """Look for pairs of rows that are the same person or organisation.

    Two files are compared with each other, not in themselves. The order of the answer depends on
    the rows alone: best score first, then the rows' order.
    """
    with database(search.resources) as connection:
        counts = table.load(connection, search.kind, files, search.resources.threads)
        rows, across = sum(counts), len(counts) > 1
        blocked = blocking.block(
            connection,
            search.kind,
            across=across,
            most=blocking.most_of(rows),
            few=rows <= blocking.FEW,
        )
        if not blocked.worth:
            connection.execute(
                "CREATE TABLE decided (left_id BIGINT, right_id BIGINT, decision TEXT)"
            )
            return _found(connection, search, counts, blocked, [])
        score(connection, search.kind, counts)
        pairs = read(connection, search.kind, search.fields, search.most)
        return _found(connection, search, counts, blocked, pairs)


def _found(
    connection: DuckDBPyConnection,
    search: Search,
    counts: list[int],
    blocked: blocking.Blocked,
    pairs: list[Pair],
) -> Found:
    rows = connection.execute("SELECT decision, count(*) FROM decided GROUP BY 1").fetchall()
    totals = dict(rows)
    return Found(
        pairs=pairs,
        rows=counts,
        compared=blocked.pairs,
        left_out=blocked.left_out,
        same=totals.get("same", 0),
        review=totals.get("review", 0),
        truth=truth(connection, across=len(counts) > 1) if search.has_truth else None,
    )


@contextmanager
def database(resources: Resources) -> Iterator[DuckDBPyConnection]:
    """A DuckDB of one's own that keeps to its limits and leaves nothing behind."""
    import duckdb

    with TemporaryDirectory(prefix="kundenkreis-") as folder:
        connection = duckdb.connect(
            config={
                "memory_limit": f"{resources.memory}MiB",
                "threads": resources.threads,
                "temp_directory": str(Path(folder) / "spill"),
                "preserve_insertion_order": False,
                # Nothing is fetched from anywhere.
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        try:
            yield connection
        except Exception as error:
            # Splink hands DuckDB's errors on inside its own.
            if not isinstance(error.__cause__ or error, duckdb.OutOfMemoryException):
                raise
            raise TooLittleMemory(
                _("%(memory)d MiB are too little for so many rows.") % {"memory": resources.memory},
                hint=_("Allow more memory, or compare fewer rows at a time."),
            ) from error
        finally:
            connection.close()
