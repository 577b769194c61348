"""Every address of the staff side, filled with records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice, product
from typing import Any
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver

from tests.rights import oracle
from tests.rights.company import AMOUNTS, TEXTS, Company

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
NO_RECORD = re.compile(
    r"(imports|exports|bulk|views|fields|roles|absences|tokens|inbox|webhooks|jobs)/<int"
)


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver: its name, its text, and the type of record it is of."""

    name: str
    route: str
    kind: Any = None

    @property
    def view(self) -> str:
        """What it does with its type: `list`, `bulk-run`."""
        return self.name.removeprefix(f"{self.kind.name}-") if self.kind else self.name

    @property
    def parameters(self) -> list[str]:
        return [name for _converter, name in PARAMETER.findall(self.route)]

    @property
    def of_record(self) -> bool:
        """Whether `pk` in it is the number of a record."""
        return "pk" in self.parameters and not NO_RECORD.search(self.route)

    def filled(self, **values: object) -> str:
        return "/" + PARAMETER.sub(lambda one: str(values[one[2]]), self.route)


def everything(resolver: Any = None, before: str = "") -> Iterator[Address]:
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from everything(one, route)
        elif isinstance(one, URLPattern):
            yield Address(one.name or "", route, (one.default_args or {}).get("kind"))


class Asked:
    """What somebody asks: each page of some records they may read and of one that they may not.

    From page to page it is the turn of other records, so that each comes up.
    """

    def __init__(self, company: Company, pk: int) -> None:
        self._company, rows = company, company.world.rows
        self._rows = {subject: oracle.readable(company.world, pk, subject) for subject in rows}
        self._turns = {
            subject: (cycle(sorted(seen)), cycle(sorted(set(rows[subject]) - seen)))
            for subject, seen in self._rows.items()
        }

    def pages(self) -> Iterator[str]:
        from tests.rights.inventory import declared

        for one in everything():
            said = declared(one)
            if said is None or "G" not in said.methods or said.scope in ("public", "token"):
                continue
            fills = {name: list(self._fills(one, name)) for name in one.parameters}
            for values in product(*fills.values()):
                yield one.filled(**dict(zip(fills, values, strict=True)))
        for subject in self._rows:
            yield from lists(self._company, subject)
        words = [word for word in self._company.words if word[0] == "q"]
        yield from (f"/search/?q={word}" for word in words[::11])

    def _fills(self, one: Address, name: str) -> Iterator[object]:
        subject = one.kind.subject if one.kind else ""
        match name:
            case "pk" if one.of_record:
                for other in [subject] if subject else ["crm.person", "crm.opportunity"]:
                    readable, strange = self._turns.get(other, ((), ()))
                    yield from islice(readable, 2)
                    yield from islice(strange, 1)
            case "slug" if one.name == "api-reference-type":
                yield from ("persons", "opportunities")
            case "slug":
                yield from ("person", "opportunity")
            case "name" if subject in TEXTS:
                yield next(islice(cycle((*TEXTS[subject], "owner_id")), len(one.route) % 5, None))
            case "what" if one.view == "bulk":
                yield from ("edit", "assign", "step", "tag", "remove")
            case "form":
                yield from ("csv", "xlsx")
            case "side":
                yield "crm"
            case _:
                yield 1


def lists(company: Company, subject: str) -> Iterator[str]:
    """Lists, boards, files and suggestions: searched, sorted, filtered, grouped, as cards."""
    kind = subject.partition(".")[2]
    slug = next(one.route for one in everything() if one.name == f"{kind}-list")
    names = [*TEXTS[subject], *filter(None, (AMOUNTS.get(subject),))] or ["tags"]
    rows = company.world.rows[subject]
    first, last = (word_of(rows[pk].values[names[0]]) for pk in (min(rows), max(rows)))
    every = {"columns": ",".join([*names, "tags", "owner_id"]), "sort": f"-{names[-1]}"}
    narrow = {"where": where(names[0], "is", last)}
    yield f"/{slug}?{urlencode(every)}"
    yield f"/{slug}?{urlencode({'group': names[-1]})}"
    yield f"/{slug}?{urlencode(narrow)}"
    yield f"/{slug}export.csv?{urlencode(every)}"
    yield f"/{slug}filter/?{urlencode(narrow)}"
    yield f"/{slug}count/?{urlencode({'definition': narrow['where']})}"
    yield f"/{slug}bulk/all/?{urlencode(narrow)}"
    for text in (first, last):
        yield f"/{slug}?q={text}"
        yield f"/{slug}suggestions/?q={text}"
    if kind == "opportunity":
        yield f"/{slug}board/?{urlencode(narrow)}"
    for pk in list(rows)[::2]:
        yield f"/{slug}{pk}/history/?on={company.world.today.isoformat()}"


def word_of(value: Any) -> str:
    """The word in a value, whatever it is wrapped in."""
    if isinstance(value, list):
        return str(value[0])
    return str(next(iter(value.values()))) if isinstance(value, dict) else str(value)


def where(name: str, op: str, value: object) -> str:
    tree = {"type": "compare", "field": name, "op": op, "value": value}
    return json.dumps({"v": 1, "where": tree})
