"""Lists of those one may reach, of a million persons: "May I?" as a condition, as lists ask it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator

from bench._data import DAY, Maker
from bench._product import set_up, temporary_home
from bench._tools import Figure, Size, main, measured

ASKED = (  # with the most milliseconds; where hardly anybody can be reached, these few are looked at
    ("may be mailed: 30 % agreed", "email", "yes", 250),
    ("must not be mailed", "email", "no", 150),
    ("may be called: half are at work", "phone", "yes", 250),
    ("may be written to: hardly anybody", "post", "yes", 100),
    ("may be messaged: nobody", "social", "yes", 100),
    ("must not be messaged: everybody", "social", "no", 100),
)


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        set_up()
        fill(options.persons)
        pages = [(words, most, _page(channel, answer)) for words, channel, answer, most in ASKED]
        whole = _whole()
    for words, most, seconds in pages:
        yield measured(f"list, {words}", 1000 * seconds, "ms", at_most=most)
    yield measured(f"all who may be mailed, of {options.persons:,}, as exports ask", whole, "s")


def fill(persons: int) -> None:
    """Persons with an address and a number each, and what some of them said."""
    from kundenkreis.crm.people import models as people

    make = Maker("default", int(time.time()))
    changed = {"changed_at": make.instant(make.any(9, 700 * DAY))}
    with make.quickly():
        make.fill(people.Organisation, persons // 5, **changed, name="'Firma ' || i")
        make.fill(
            people.Person, persons, **changed, last_name=make.pick(1, "Alt Berg Cohn Dorn Ernst"),
            first_name="'P' || i",
            legal_basis="CASE WHEN i % 5000 = 0 THEN 'contract' ELSE '' END",
        )  # fmt: skip
        name = "'p' || ((i + 1) / 2) || '@kunde.example'"
        number = "'+493641' || i"
        kinds = "CASE WHEN i % 10000 = 0 THEN 'postal' WHEN i % 2 = 0 THEN 'phone' ELSE 'email' END"
        make.fill(
            people.ContactDetail, 2 * persons, **changed, person_id="(i + 1) / 2", kind=kinds,
            value=f"CASE WHEN i % 2 = 1 THEN {name} ELSE {number} END",
            folded=f"CASE WHEN i % 2 = 1 THEN {name} ELSE {number} END", is_primary="TRUE",
        )  # fmt: skip
        make.fill(
            people.Affiliation, persons // 2, **changed, person_id="i * 2",
            organisation_id=f"1 + {make.any(3, persons // 5)}",
        )  # fmt: skip
        address = f"'p' || (1 + {make.any(4, persons)}) || '@kunde.example'"
        make.fill(
            people.ContactPermission, persons // 3, subject_kind="'email'",
            subject=f"{address} || '|' || i", folded=address, purpose="'marketing'",
            channel="'email'", granted=f"{make.any(5, 10)} > 0",
            since=make.instant(make.any(6, 700 * DAY)),
        )  # fmt: skip


def _page(channel: str, answer: str) -> float:
    """Seconds of processor time of the first page of a list, the best of three."""
    from django.http import QueryDict

    from kundenkreis.kernel.access import system
    from kundenkreis.records import named
    from kundenkreis.records.lists.listing import listing

    node = {"type": "may_contact", "channel": channel, "answer": answer}
    asked = QueryDict(mutable=True)
    asked["where"] = json.dumps({"v": 1, "where": {"type": "all", "children": [node]}})
    best = 1e9
    for _ in range(3):
        began = time.process_time()
        listing(named("person"), system("bench"), asked, "/crm/persons/")
        best = min(best, time.process_time() - began)
    return best


def _whole() -> float:
    from kundenkreis.crm.people.contacting_rows import allowed
    from kundenkreis.crm.people.models import Person
    from kundenkreis.kernel import clock

    began = time.process_time()
    Person.objects.filter(allowed("email", clock.today("Europe/Berlin"))).count()
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main(measure, __doc__, persons=Size(1_000_000, 5_000, "persons")))
