"""A handful of rows, and the search run over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from kundenkreis.crm.people.duplicates.engine import Found, Search, find
from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.duplicates.folding import Row

Facts = Mapping[str, str]
FIRST = ("Jana", "Uwe", "Petra", "Sören", "Ayşe", "Markus", "Birgit", "Konrad", "Olga", "Felix")
LAST = ("Weiß", "Kern", "Tann", "Öztürk", "Groß", "Lange", "Vogel", "Seidel", "Roth", "Beck")


def crowd(count: int = 60) -> list[Facts]:
    """Different people, so that what is frequent and what is rare can be told."""
    return [
        {
            "first_name": FIRST[at % 10],
            "last_name": LAST[at * 7 // 10 % 10] + "er" * (at % 3),
            "birth_date": f"{1940 + at}-{1 + at % 12:02d}-{1 + at % 28:02d}",
            "street": f"Lindenweg {at + 1}",
            "postcode": f"{10000 + 37 * at}",
            "place": f"Ort {at}",
            "email": f"kunde{at}x@mail{at}.example",
            "phone": f"0361 {400000 + 7 * at}",
        }
        for at in range(count)
    ]


def rows(facts: list[Facts], begin: int = 0) -> list[Row]:
    """Rows named 0, 1, 2, …"""
    return [
        Row(str(at), {key: [value] for key, value in one.items()})
        for at, one in enumerate(facts, begin)
    ]


@pytest.fixture
def search() -> Callable[..., Found]:
    """Search these facts, in a crowd of others, for duplicates."""

    def searching(
        *facts: Facts, among: list[Facts] | None = None, kind: Kind = Kind.PERSON, most: int = 1_000
    ) -> Found:
        held = [*facts, *(crowd() if among is None else among)]
        known = frozenset(key for one in held for key in one)
        return find(Search(kind, known, most), [rows(held)])

    return searching


@pytest.fixture
def decided(search: Callable[..., Found]) -> Callable[..., str]:
    """What is decided about two facts: "same", "review", or "" where they are no pair."""

    def deciding(one: Facts, other: Facts, kind: Kind = Kind.PERSON, **more: object) -> str:
        found = search(one, other, kind=kind, **more)
        return next((p.decision for p in found.pairs if {p.left, p.right} == {"0", "1"}), "")

    return deciding
