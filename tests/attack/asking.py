"""Every page of the staff side, and everything that addresses may say beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import kundenkreis
from tests.rights import writes
from tests.rights.addresses import Address, everything
from tests.rights.company import Company, pk_of
from tests.rights.inventory import Declared, declared

THOROUGH = "KUNDENKREIS_TEST_THOROUGH" in os.environ
SOURCE = Path(kundenkreis.__file__).parent
_READ = re.compile(
    r"(?:GET|POST|query|parameters|asked)(?:\.get|\.getlist|\.pop)?[\[(]\"([a-z_]+)\""
)


@cache
def parameters() -> tuple[str, ...]:
    """The names that any view asks a request for, found in the code."""
    found = {"next", "page", "group", "columns", "sort", "view", "base"}
    for path in SOURCE.rglob("*.py"):
        if "tests" not in path.parts and path.parts[-2] != "migrations":
            found |= set(_READ.findall(path.read_text("utf-8")))
    return tuple(sorted(found))


def addresses() -> list[Address]:
    """Every address; of those that all types have, one type each in turn, all if thoroughly."""
    found, turns = [], count()
    by_view: dict[str, list[Address]] = {}
    for one in everything():
        if one.kind:
            by_view.setdefault(one.view, []).append(one)
        else:
            found.append(one)
    for same in by_view.values():
        found += same if THOROUGH else [same[next(turns) % len(same)]]
    return found


def pages(firm: Company) -> Iterator[tuple[Address, Declared, str]]:
    """Every address that can be opened in a browser, filled with something that is there."""
    for one in addresses():
        said = declared(one)
        if said is not None and "G" in said.methods and said.scope != "token":
            yield one, said, filled(firm, one)


def changes(firm: Company) -> Iterator[tuple[Declared, str, dict[str, Any]]]:
    """Every address that takes a form, with one that would do something."""
    known = {(one.name, one.route) for one in addresses()}
    for one, said in writes.mutating():
        if "P" in said.methods and (one.name, one.route) in known:
            for address, form in writes.sent(firm, one, said):
                yield said, address, form


def filled(firm: Company, one: Address) -> str:
    subject = one.kind.subject if one.kind else ""
    known = subject in firm.world.rows
    pk = pk_of(subject, 0) if known and one.of_record else 1
    name = next(iter(firm.words), "x") if "name" in one.parameters and not one.kind else "owner_id"
    values = {
        "pk": pk, "name": name, "slug": "person", "batch": "0" * 32, "form": "csv", "side": "crm",
        "what": "edit", "state": "archive", "step": "run",
    }  # fmt: skip
    return one.filled(**{key: values.get(key, 1) for key in one.parameters})
