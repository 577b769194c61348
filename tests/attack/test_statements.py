"""S05: whatever is typed into an address or a form of the staff side is a value of a statement and
never a part of it; no page breaks. What programs send: `api/tests/test_attack.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from kundenkreis.api.tests.test_attack import COUNT, MARK, PAYLOADS, compare
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH
from tests.attack import asking
from tests.rights.company import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

ASKED = 150


class Heard:
    """The statements of both sides while something is asked."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(self, execute: Any, sql: str, *more: Any) -> Any:
        self.statements.append(sql)
        return execute(sql, *more)

    def tainted(self) -> list[str]:
        return [one for one in self.statements if MARK in one.lower()]

    def listening(self) -> Any:
        from contextlib import ExitStack

        stack = ExitStack()
        for side in Side:
            stack.enter_context(connections[side.alias].execute_wrapper(self))
        return stack


def trees(text: str) -> Iterator[str]:
    """Conditions with the payload as a field, an operator, a value, a kind, a key."""
    yield compare(text, "is", "x")
    yield compare("owner_id", text, "x")
    yield compare("owner_id", "is", text)
    yield compare("tags", "any", [text[:200]])
    yield json.dumps({"v": 1, "where": {"type": text, "children": []}})
    yield json.dumps({"v": 1, "where": {"type": "all", text: []}})
    yield json.dumps({"v": text})
    yield text


def queries(text: str, tree: str, names: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The payload as every parameter, as the name of one, and in what lists take."""
    yield dict.fromkeys(names, text)
    yield {"where": tree, "definition": tree}
    yield {text[:200]: "1", f"{text[:50]}__in": "1", "owner_id__raw": text}
    yield {"sort": text}
    yield {"sort": f"-{text}", "group": text, "columns": f"owner_id,{text}"}
    yield {"q": text, "after": text, "page": text, "view": text, "base": text}


def test_s05_no_page_makes_what_an_address_says_part_of_a_statement(
    firm: Company, anna: Client
) -> None:
    assert len(PAYLOADS) >= COUNT
    heard, broken, asked = Heard(), [], 0
    payloads, names = cycle(PAYLOADS), asking.parameters()
    kinds = cycle(range(8))
    with heard.listening():
        for one, said, address in asking.pages(firm):
            if said.scope == "public":
                continue
            rounds = 3 if one.view in ("list", "board", "count", "totals", "export", "map") else 1
            for turn in range(rounds):
                text = next(payloads)
                tree = list(trees(text))[next(kinds)]
                found = list(queries(text, tree, names))
                for query in (found[turn], found[turn + 3]):
                    answer = anna.get(address, query)
                    asked += 1
                    if answer.status_code >= 500:
                        broken.append(f"{address} {query}: {answer.status_code}")
    assert not broken, "\n".join(broken[:10])
    assert heard.tainted() == []
    assert asked >= ASKED
    assert len(heard.statements) > asked


def test_s05_no_form_does_either(firm: Company, anna: Client) -> None:
    """Every form, with the payload in each of its fields, and as time zone, language and theme."""
    heard, broken, payloads = Heard(), [], cycle(PAYLOADS)
    with heard.listening():
        for _said, address, form in asking.changes(firm):
            text = next(payloads)
            typed = {n: text if isinstance(value, str) else value for n, value in form.items()}
            answer = anna.post(address, {**typed, text[:60]: text})
            if answer.status_code >= 500:
                broken.append(f"{address} {text[:40]!r}: {answer.status_code}")
        for text in PAYLOADS:
            for name in ("zone", "language", "theme", "edits_lists"):
                anna.post("/preferences/", {name: text})
            anna.post("/preferences/language/", {"language": text})
            anna.cookies["kk_inner_language"] = "xx"
            anna.get(
                "/",
                headers={
                    "Accept-Language": text if text.isascii() and text.isprintable() else "de"
                },
            )
    assert not broken, "\n".join(broken[:10])
    assert heard.tainted() == []


def test_a_statement_that_is_put_together_of_what_was_typed_is_noticed() -> None:
    """The control."""
    heard = Heard()
    with heard.listening(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT %s", [f"{MARK}'"])
        assert heard.tainted() == []
        cursor.execute(f"SELECT '{MARK}' ")
    assert len(heard.tainted()) == 1
