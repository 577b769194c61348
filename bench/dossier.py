"""Everything of one person of whom very much is known: handed out as files, then erased for good.

Two thirds of the rows are theirs in the crm, one third is what the shop saw of them; beside them the
base has other people, whom an erasure has to leave alone and whose texts it looks through.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from bench import _company
from bench._data import DAY, Maker
from bench._product import set_up, temporary_home
from bench._tools import Figure, Size, main, measured

PERSON, PROFILE = 1, 1
LINK = UUID(int=4711)
NAME = ("Dora", "Bergmannsdörfer")


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    rows, others = int(options.rows), int(options.others)
    with temporary_home(options.postgresql):
        set_up()
        viewer = known(rows, others)
        floor = _read()
        from kundenkreis.crm.protection.models import Disclosure
        from kundenkreis.dossier import asking, jobs

        made = asking.order_disclosure(actor=viewer, person_id=PERSON)
        wall, used = _timed(lambda: jobs.collect_person.func(made.pk))
        title = f"export of {rows:,} rows of one person, beside {others:,} others"
        yield measured(f"{title}: collected", wall, "s", floor=floor)
        yield measured("processor time of it", used, "s")
        made = Disclosure.objects.get(pk=made.pk)
        yield measured("rows in it", made.rows, at_least=rows)
        asking.approve_disclosure(actor=viewer, disclosure_id=made.pk, shown=())
        wall, used = _timed(lambda: jobs.make_disclosure.func(made.pk))
        yield measured("masked, as data and as pages", wall, "s", floor=floor)
        yield measured("processor time of it", used, "s")
        wall, used = _timed(lambda: asking.encrypt_disclosure(actor=viewer, disclosure_id=made.pk))
        yield measured("encrypted", wall, "s", floor=floor)
        erasure = asking.order_erasure(actor=viewer, person_id=PERSON, typed=" ".join(NAME))
        wall, used = _timed(lambda: jobs.run_erasure(erasure))
        yield measured("erasure of all of it on both sides, files included", wall, "s", floor=floor)
        yield measured("processor time of it", used, "s")
        yield measured("rows of theirs that are left", _left(), at_most=0)
        own, child = (
            resource.getrusage(who).ru_maxrss / 1024
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        yield measured("memory of the worker, at most", own, "MiB", at_most=400)
        yield measured("memory of the child that sets the pages, at most", child, "MiB")


def known(rows: int, others: int) -> Any:
    """The person with rows on both sides, and the others; returns who answers their request."""
    from kundenkreis.crm.accounts.commands import create_user
    from kundenkreis.crm.accounts.queries import viewer_of
    from kundenkreis.crm.people import models as people
    from kundenkreis.crm.work import models as work
    from kundenkreis.engage.profiles import models as profiles
    from kundenkreis.engage.tracking import models as tracking
    from kundenkreis.kernel.access import system
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.search.indexing import rebuild

    user = create_user(
        actor=system("bench"), email=_company.EMAIL, name="B. Messer", password=_company.PASSWORD,
        roles=["administrator"],
    )  # fmt: skip
    third, now = max(rows // 3, 1), int(time.time())
    make, there = Maker("default", now), Maker("engage", now)
    text = "'Rückruf wegen ' || i"
    mine = f"CASE WHEN i = {PERSON} THEN"
    make.fill(
        people.Person, others + 1,
        first_name=f"{mine} '{NAME[0]}' ELSE {make.pick(3, _company.FIRST)} END",
        last_name=f"{mine} '{NAME[1]}' ELSE {make.pick(1, _company.FRONT)} END",
    )  # fmt: skip
    make.fill(
        people.ContactDetail, others + 1, person_id="i", kind="'email'", is_primary="TRUE",
        value="'p' || i || '@kunde.example'", folded="'p' || i || '@kunde.example'",
    )  # fmt: skip
    make.fill(
        work.Activity, third + others, text=text, kind="'note'",
        person_id=f"CASE WHEN i <= {third} THEN {PERSON} ELSE i - {third} + 1 END",
    )  # fmt: skip
    make.fill(
        people.TimelineEntry, third, person_id=str(PERSON), kind="'note'",
        at=make.instant(make.any(4, 700 * DAY)), recorded_at=make.instant("0"),
        key="'bench-' || i", actor="'system:bench'",
    )  # fmt: skip
    people.Person.objects.filter(pk=PERSON).update(link_id=LINK)
    there.fill(profiles.Profile, 1, known="TRUE")
    profiles.Profile.objects.filter(pk=PROFILE).update(link_id=LINK)
    there.fill(
        tracking.Event, third, source_id="1", message_id="'m' || i", profile_id=str(PROFILE),
        type="'visit'", key="'/seite'", occurred_at=there.instant(there.any(4, 700 * DAY)),
        received_at=there.instant("0"),
    )  # fmt: skip
    rebuild(Side.CRM)
    return viewer_of(user)


def _read() -> float:
    """Seconds to read their rows by plain queries."""
    from kundenkreis.dossier import places
    from kundenkreis.dossier.whose import whose
    from kundenkreis.kernel.sides import Side

    w = whose(_person())
    began = time.monotonic()
    for side in Side:
        for _model, rows in places.rows(side, w):
            sum(1 for _ in rows.values_list().iterator(2_000))
    return time.monotonic() - began


def _person() -> Any:
    from kundenkreis.crm.people.models import Person

    return Person.objects.get(pk=PERSON)


def _left() -> int:
    from kundenkreis.crm.people.models import Person, TimelineEntry
    from kundenkreis.crm.work.models import Activity
    from kundenkreis.engage.tracking.models import Event

    theirs = (TimelineEntry, Activity)
    found = sum(model._default_manager.filter(person_id=PERSON).count() for model in theirs)
    events = Event.objects.filter(profile_id=PROFILE).count()
    return found + events + Person.objects.filter(pk=PERSON).count()


def _timed(do: Callable[[], Any]) -> tuple[float, float]:
    """Seconds, and processor time with that of children."""
    wall, used = time.monotonic(), _used()
    do()
    return time.monotonic() - wall, _used() - used


def _used() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, kinds))


if __name__ == "__main__":
    sys.exit(
        main(
            measure, __doc__,
            rows=Size(10_000, 600, "rows of the person"),
            others=Size(20_000, 200, "other people"),
        )
    )  # fmt: skip
