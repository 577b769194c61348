"""Rows are folded by two processes as by one, whatever becomes of the second."""

from __future__ import annotations

from itertools import batched

import pytest

from kundenkreis.crm.people.duplicates import folding
from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.duplicates.folding import Chunk, Folded, Helper, folded
from kundenkreis.crm.people.duplicates.tests.conftest import crowd, rows


def chunks() -> list[Chunk]:
    return [Chunk(0, 7 * at, part) for at, part in enumerate(batched(rows(crowd()), 7))]


def told(made: list[Folded]) -> list[list[object]]:
    """Both tables as rows, in order."""
    return [
        sorted((row for one in made for row in one[at].to_pylist()), key=lambda row: row["id"])
        for at in range(2)
    ]


def test_two_processes_fold_as_one_does() -> None:
    alone = list(folded(Kind.PERSON, chunks(), 1))
    both = list(folded(Kind.PERSON, chunks(), 2))
    assert told(both) == told(alone)
    assert len(both) == len(chunks())


def test_when_the_second_one_is_ended_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []

    def give(self: Helper, chunk: Chunk) -> None:
        given.append(chunk.number)
        usual(self, chunk)
        self._process.kill()
        self._process.wait()

    usual = Helper.give
    alone = told(list(folded(Kind.PERSON, chunks(), 1)))
    monkeypatch.setattr(folding.Helper, "give", give)
    assert told(list(folded(Kind.PERSON, chunks(), 2))) == alone
    assert given == [7], "it is asked no more"


def test_few_rows_are_no_work_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "Helper", None)
    assert len(list(folded(Kind.PERSON, chunks()[:1], 2))) == 1
