"""Who is there already, asked while somebody is typed in, in a base of a million persons.

The base and those who are typed are made up (`tools.made`): half of those are in the base in
another spelling, half are strangers. Each is asked for twice, as when only name and e-mail address
are typed yet, and with all facts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from bench._product import set_up, temporary_home
from bench._tools import Figure, Size, main, measured, percentile, say
from tools.made.persons import persons

SEED, STRANGERS = 11, 12
PIECE = 5_000
Typed = tuple[int, Any]


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    rows, asked = int(options.rows), int(options.asked)
    with temporary_home(options.postgresql):
        set_up()
        twins = fill(rows, asked)
        strangers = [(0, one) for _truth, one in islice(persons(4 * asked, STRANGERS), asked)]
        floor = percentile(list(_found(rows, asked)), 0.99)
        for what, names, least in (
            ("name and e-mail", ("first_name", "last_name", "email"), None),
            ("all", (), 0.8),
        ):
            times, used, right, shown, wrong = ask(twins, strangers, names)
            title = f"who is there, of {rows:,}, by {what}"
            yield measured(f"{title}: median", 1000 * percentile(times, 0.5), "ms")
            yield measured(
                f"{title}: p99", 1000 * percentile(times, 0.99), "ms",
                floor=1000 * floor, at_most=50,
            )  # fmt: skip
            yield measured(f"{title}: p99 of processor time", 1000 * percentile(used, 0.99), "ms")
            yield measured(f"{title}: claimed of those who are", right, at_least=least)
            yield measured(f"{title}: shown of those who are", shown)
            yield measured(f"{title}: claimed of strangers", wrong, at_most=0.02)


def fill(rows: int, most: int) -> list[Typed]:
    """The base; returns those who are in it already, each with the number of the one who is."""
    from django.db import connections

    from kundenkreis.crm.people import keeping
    from kundenkreis.crm.people.models import ContactDetail, Person
    from kundenkreis.kernel import bulk, clock
    from kundenkreis.kernel.sides import Side
    from kundenkreis.kernel.transactions import unit_of_work

    began, now, known = time.monotonic(), clock.now(), dict[str, int]()
    seen: set[str] = set()
    twins: list[tuple[str, Any]] = []
    new: list[tuple[str, Mapping[str, str]]] = []

    def keep() -> None:
        with unit_of_work(Side.CRM, "bench.entry") as unit:
            made = [
                Person(
                    first_name=one.get("first_name", ""), last_name=one.get("last_name", ""),
                    birth_date=_day(one.get("birth_date", "")), created_at=now, changed_at=now,
                )
                for _truth, one in new
            ]  # fmt: skip
            bulk.insert_objects(made)
            known.update({truth: row.pk for (truth, _), row in zip(new, made, strict=True)})
            details = [
                ContactDetail(person_id=row.pk, created_at=now, changed_at=now, **way)
                for (_truth, one), row in zip(new, made, strict=True)
                for way in _ways(one)
            ]
            bulk.insert_objects(details)
            unit.touched.clear()
        new.clear()

    for truth, one in persons(rows, SEED):
        if truth in seen:
            twins += [(truth, one)] if len(twins) < most else []
            continue
        seen.add(truth)
        new.append((truth, one))
        if len(new) == PIECE:
            keep()
    keep()
    keeping.rebuild(keeping.KEYED[0])
    with connections["default"].cursor() as cursor:
        cursor.execute("ANALYZE")
    say(f"{len(known)} persons with their keys: {time.monotonic() - began:.0f} s")
    return [(known[truth], one) for truth, one in twins]


def ask(
    twins: list[Typed], strangers: list[Typed], names: tuple[str, ...]
) -> tuple[list[float], list[float], float, float, float]:
    """Seconds of each question, and of the processor; the shares of twins claimed and shown, and of
    strangers claimed."""
    from kundenkreis.crm.people.alike import persons_alike
    from kundenkreis.kernel.access import system

    viewer, times, used = system("bench"), list[float](), list[float]()
    right = shown = wrong = 0
    for pk, one in (*twins, *strangers):
        typed = _typed({name: one.get(name, "") for name in names or one})
        began, before = time.perf_counter(), time.process_time()
        found = persons_alike(viewer, typed)
        times.append(time.perf_counter() - began)
        used.append(time.process_time() - before)
        claimed = [alike.record.pk for alike in found if alike.likeness.claims]
        right += pk in claimed
        shown += pk in [alike.record.pk for alike in found]
        wrong += not pk and bool(claimed)
    return times, used, right / len(twins), shown / len(twins), wrong / len(strangers)


def _found(rows: int, asked: int) -> Iterator[float]:
    """Seconds to read a person by their number."""
    from kundenkreis.crm.people.models import Person

    for number in range(1, rows, max(1, rows // asked)):
        began = time.perf_counter()
        Person.objects.filter(pk=number).first()
        yield time.perf_counter() - began


def _typed(one: Mapping[str, str]) -> Any:
    from kundenkreis.crm.people.contact_values import folded_way
    from kundenkreis.crm.people.duplicates.likeness import Known, Place

    birth = _day(one.get("birth_date", ""))
    place = Place(one.get("postcode", ""), _street(one))
    return Known(
        first_name=one.get("first_name", ""),
        last_name=one.get("last_name", ""),
        birth=f"{birth:%Y%m%d}" if birth else "",
        emails=_folded(folded_way, "email", one),
        phones=_folded(folded_way, "phone", one),
        places=frozenset({place} if any(place) else ()),
    )


def _folded(fold: Any, kind: str, one: Mapping[str, str]) -> frozenset[str]:
    return frozenset({fold(kind, one[kind])} if one.get(kind) else ())


def _ways(one: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    from kundenkreis.crm.people.contact_values import folded_way

    for kind in ("email", "phone"):
        if text := one.get(kind):
            yield {"kind": kind, "value": text, "folded": folded_way(kind, text)}
    if one.get("postcode"):
        line = f"{_street(one)}, {one['postcode']} {one.get('place', '')}"
        yield {
            "kind": "postal", "value": line, "folded": line.casefold(), "street": _street(one),
            "postal_code": one["postcode"][:12], "town": one.get("place", ""),
        }  # fmt: skip


def _street(one: Mapping[str, str]) -> str:
    return f"{one.get('street', '')} {one.get('house_number', '')}".strip()


def _day(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(
        main(
            measure, __doc__,
            rows=Size(1_000_000, 5_000, "persons"), asked=Size(1_000, 100, "of each kind typed"),
        )
    )  # fmt: skip
