"""A large company in the crm database: persons, organisations, opportunities, orders, timeline."""

from __future__ import annotations

import time

from bench._data import DAY, Maker
from bench._tools import say

EMAIL, PASSWORD = "bench@kundenkreis.example", "bench-bench-bench"
FIRST = "Anna Ben Carla David Elif Florian Greta Hans Ines Jan Katrin Lars Maria Nils Olga Paul"
FRONT = "Alt Neu Ober Unter Berg Tal Wald Feld Stein Bach Holz Sand Gold Eisen Weiß Schwarz"
BACK = "mann bauer meier huber hofer berger thaler müller schmidt becker wagner richter"
SOURCES = "shop fair import referral website"
PERSONS_PER_ORGANISATION = 5
OWNERS, TEAMS = 20, 40  # whose the records are, by numbers from 1
RATING, RATINGS = "rating", 1000  # the key of a field of their own, and how many values it has


def found(persons: int) -> None:
    """Fill the crm database; needs `set_up()` before. Five activities per person."""
    from kundenkreis.crm.accounts.commands import create_user
    from kundenkreis.crm.people import models as people
    from kundenkreis.crm.sales import models as sales
    from kundenkreis.kernel.access import system
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.custom.indexes import keep
    from kundenkreis.records.search.indexing import rebuild

    began, make = time.monotonic(), Maker("default", int(time.time()))
    create_user(actor=system("bench"), email=EMAIL, name="B. Messer", password=PASSWORD,
                roles=["administrator"])  # fmt: skip
    _rating()
    organisations = max(1, persons // PERSONS_PER_ORGANISATION)
    stages = list(sales.Stage.objects.order_by("position").values_list("pk", "kind"))
    changed = make.instant(make.any(9, 700 * DAY))
    surname = f"{make.pick(1, FRONT)} || {make.pick(2, BACK)}"
    rated = make.json(f"'{{\"{RATING}\": ' || {make.any(9, RATINGS)} || '}}'")
    whose = {
        "owner_id": f"1 + {make.any(8, OWNERS)}", "team_id": f"1 + {make.any(10, TEAMS)}",
        "changed_at": changed,
    }  # fmt: skip
    with make.quickly():
        make.fill(
            people.Organisation, organisations, **whose,
            name=f"{surname} || ' ' || i || ' GmbH'",
            industry=make.pick(3, "Optik Handel Bau Chemie Medizin"),
            employees=make.any(4, 900), revenue_minor=make.any(5, 900_000_000),
            country=make.pick(6, "DE AT CH"),
            source=make.pick(7, SOURCES),
        )  # fmt: skip
        make.fill(
            people.Person, persons, **whose,
            last_name=surname, first_name=make.pick(3, FIRST), custom=rated,
            source=make.pick(4, SOURCES), is_customer=f"{make.any(5, 10)} = 0",
            customer_number="'K' || (1000000 + i)",
        )  # fmt: skip
        make.fill(
            people.ContactDetail, 2 * persons, **whose,
            person_id="(i + 1) / 2",
            kind="CASE WHEN i % 2 = 0 THEN 'email' ELSE 'phone' END",
            value="CASE WHEN i % 2 = 0 THEN 'p' || i || '@kunde.example' ELSE '+49 3641 ' || i END",
            folded="CASE WHEN i % 2 = 0 THEN 'p' || i || '@kunde.example' ELSE '+493641' || i END",
            is_primary="TRUE",
        )  # fmt: skip
        make.fill(
            people.Affiliation, persons, **whose,
            person_id="i", organisation_id=f"1 + {make.any(3, organisations)}",
            function="'Einkauf'",
        )  # fmt: skip
        make.fill(
            people.TimelineEntry, 5 * persons,
            person_id=f"1 + {make.any(3, persons)}", key="'bench-' || i", actor="'system:bench'",
            at=make.instant(make.any(4, 700 * DAY)), recorded_at=make.instant("0"),
            kind=make.pick(5, "visit cart order note"),
        )  # fmt: skip
        _fill_sales(make, sales, persons, organisations, stages, whose)
    rebuild(Side.CRM)
    keep(Side.CRM)
    say(f"{persons} persons, {5 * persons} activities: {time.monotonic() - began:.0f} s")


def _rating() -> None:
    """A field of the company's own, to sort and filter by."""
    from kundenkreis.kernel.access import system
    from kundenkreis.records import named
    from kundenkreis.records.custom.defining import create_field

    label = {"en": RATING.title(), "de": "Bewertung"}
    create_field(
        actor=system("bench"), kind=named("person"), type="number", label=label, filterable=True
    )


def _fill_sales(make, sales, persons, organisations, stages, whose) -> None:  # type: ignore[no-untyped-def]
    """One opportunity in ten is open; half as many orders as persons."""
    opened = [pk for pk, kind in stages if kind == "open"]
    closed = [pk for pk, kind in stages if kind != "open"]
    is_open = f"{make.any(3, 10)} = 0"
    stage = f"CASE WHEN {is_open} THEN {opened[0]} + {make.any(4, len(opened))} "
    stage += f"ELSE {closed[0]} + {make.any(5, len(closed))} END"
    make.fill(
        sales.Opportunity, max(10, persons // 5), **whose,
        title="'Anlage ' || i", organisation_id=f"1 + {make.any(6, organisations)}",
        stage_id=stage, value_minor=make.any(7, 90_000_00), stage_since=make.instant("864000"),
        closed_on=f"CASE WHEN {is_open} THEN NULL ELSE {make.day(make.any(2, 1500))} END",
        expected_on=make.day(f"{make.any(1, 120)} - 90"),
    )  # fmt: skip
    net = make.any(4, 30_000)
    make.fill(
        sales.Order, max(10, persons // 2), **whose,
        number="'A' || i", source="'bench'", person_id=f"1 + {make.any(3, persons)}",
        placed_at=make.instant(make.any(2, 700 * DAY)), country="'DE'", currency="'EUR'",
        net_minor=net, tax_minor="0", gross_minor=net,
    )  # fmt: skip
