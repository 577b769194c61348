"""Making one person of two where 10,000 rows name the one that goes, and two of one again.

Two thirds of the rows are entries of the timeline, which are moved set-based; the others are orders,
opportunities, activities and contact details, each of which leaves its row in the audit.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench import _company
from bench._data import DAY, Maker
from bench._product import set_up, temporary_home
from bench._tools import Figure, Size, main, measured

KEPT, GONE = 1, 2


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    rows = int(options.rows)
    with temporary_home(options.postgresql):
        set_up()
        audited = refer(rows)
        floor = _bare()
        from kundenkreis.crm.accounts.commands import create_user
        from kundenkreis.crm.accounts.queries import viewer_of
        from kundenkreis.kernel.access import system
        from kundenkreis.records import named
        from kundenkreis.records.merging.commands import merge, merges_of, unmerge

        user = create_user(
            actor=system("bench"), email=_company.EMAIL, name="B. Messer",
            password=_company.PASSWORD, roles=["administrator"],
        )  # fmt: skip
        actor, kind = viewer_of(user), named("person")
        before = _memory()
        found, wall, used = _timed(
            lambda: merge(actor=actor, kind=kind, kept_id=KEPT, gone_id=GONE)
        )
        title = f"merge of a person whom {rows:,} rows name, {audited:,} of them audited"
        yield measured(title, wall, "s", floor=floor, at_most=30)
        yield measured("processor time of it", used, "s")
        yield measured("rows that name the other one then", found.count, at_least=rows)
        (done,) = merges_of(kind, KEPT)
        back, wall, used = _timed(lambda: unmerge(actor=actor, kind=kind, merge_id=done.pk))
        yield measured("taking it back", wall, "s", floor=floor, at_most=30)
        yield measured("processor time of it", used, "s")
        yield measured("rows that name the first one again", _naming(GONE), at_least=rows)
        yield measured("what stayed behind", len(back.left), at_most=0)
        yield measured("memory that both took", _memory() - before, "MiB", at_most=300)


def refer(rows: int) -> int:
    """Two persons, and rows that name the second; how many of these are audited."""
    from kundenkreis.crm.people import models as people
    from kundenkreis.crm.sales import models as sales
    from kundenkreis.crm.work import models as work

    make = Maker("default", int(time.time()))
    sixth = max(rows // 12, 1)
    ago = make.instant(make.any(4, 700 * DAY))
    stage = sales.Stage.objects.filter(kind="open").values_list("pk", flat=True)[0]
    make.fill(people.Person, 2, last_name="'Doppelt'", first_name="'Dora'")
    make.fill(
        sales.Order, sixth, number="'A' || i", source="'bench'", person_id=str(GONE),
        placed_at=ago, country="'DE'", currency="'EUR'", net_minor="100", tax_minor="0",
        gross_minor="100",
    )  # fmt: skip
    make.fill(
        sales.Opportunity, sixth, title="'Anlage ' || i", person_id=str(GONE),
        stage_id=str(stage), value_minor="100", stage_since=ago,
    )  # fmt: skip
    make.fill(work.Activity, sixth, text="'Rückruf ' || i", kind="'task'", person_id=str(GONE))
    make.fill(
        people.ContactDetail, sixth, person_id=str(GONE), kind="'handle'",
        value="'@dora' || i", folded="'@dora' || i",
    )  # fmt: skip
    make.fill(
        people.TimelineEntry, rows - 4 * sixth, person_id=str(GONE), kind="'note'", at=ago,
        recorded_at=make.instant("0"), key="'bench-' || i", actor="'system:bench'",
    )  # fmt: skip
    return 4 * sixth


def _naming(pk: int) -> int:
    from kundenkreis.crm.people.models import Person
    from kundenkreis.records.merging.references import referring

    return sum(
        field.model._default_manager.filter(**{field.name: pk}).count()
        for field in referring(Person)
    )


def _bare() -> float:
    """Seconds to name another person in all those rows by plain SQL, taken back."""
    from django.db import connections

    from kundenkreis.crm.people.models import Person
    from kundenkreis.records.merging.references import referring

    connection = connections["default"]
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for field in referring(Person):
            table, column = field.model._meta.db_table, field.column
            cursor.execute(
                f"UPDATE {table} SET {column} = %s WHERE {column} = %s",  # noqa: S608 - ours
                [KEPT, GONE],
            )
        cursor.execute("ROLLBACK")
    return time.monotonic() - began


def _timed(do: Callable[[], Any]) -> tuple[Any, float, float]:
    wall, used = time.monotonic(), time.process_time()
    found = do()
    return found, time.monotonic() - wall, time.process_time() - used


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(measure, __doc__, rows=Size(10_000, 600, "rows that name the person")))
