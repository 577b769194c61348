"""One letter for many: the check, the letters themselves, and both files of them."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench import _company
from bench._data import Maker
from bench._product import set_up, temporary_home
from bench._tools import Figure, Size, main, measured

TEXT = "{{ salutation }},\n\n" + "Wir laden Sie herzlich zu unserem Werkstatttag ein. " * 12
HEAD = {
    "name": "Bergmann Optik GmbH", "street": "Carl-Zeiss-Straße 12", "postal_code": "07743",
    "town": "Jena", "legal_form": "gmbh", "seat": "Jena", "register_court": "Amtsgericht Jena",
    "register_number": "HRB 501234", "managers": "Renate Bergmann",
}  # fmt: skip


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    count = int(options.letters)
    with temporary_home(options.postgresql):
        set_up()
        viewer, head = _written_to(count)
        from kundenkreis.crm.letters.models import PrintRun
        from kundenkreis.crm.letters.run_commands import begin_run, write_run
        from kundenkreis.records import named
        from kundenkreis.records.lists.selection import Selection

        asked = {"purpose": "business", "subject": "Werkstatttag", "body": TEXT, "letterhead": head}
        run = begin_run(
            actor=viewer, kind=named("person"), what=PrintRun.What.LETTERS,
            selection=Selection(query=""), asked=asked,
        )  # fmt: skip
        floor = _one_page(count)
        wall, used = _go_on(run.pk)
        yield measured(f"check of {count:,} letters", wall, "s")
        yield measured("processor time of it", used, "s")
        write_run(actor=viewer, run_id=run.pk)
        wall, used = _go_on(run.pk)
        yield measured("letters in the timelines, and both files", wall, "s", floor=floor)
        yield measured("processor time of it, children included", used, "s")
        done = PrintRun.objects.get(pk=run.pk)
        yield measured(
            "letters that were made", done.letters.count(), at_least=count, at_most=count
        )
        yield measured(
            "finished, with PDF and Word file", int(bool(done.pdf and done.docx)), at_least=1
        )
        own, child = (
            resource.getrusage(who).ru_maxrss / 1024
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        yield measured("memory of the worker, at most", own, "MiB", at_most=300)
        yield measured("memory of a child that sets letters, at most", child, "MiB", at_most=600)


def _written_to(count: int) -> tuple[Any, int]:
    """Persons with an address each, who writes to them, and the number of the letterhead."""
    from kundenkreis.crm.accounts.commands import create_user
    from kundenkreis.crm.accounts.queries import viewer_of
    from kundenkreis.crm.people import models as people
    from kundenkreis.kernel.access import system
    from kundenkreis.records import named, write

    user = create_user(
        actor=system("bench"), email=_company.EMAIL, name="B. Messer", password=_company.PASSWORD,
        roles=["administrator"],
    )  # fmt: skip
    viewer, make = viewer_of(user), Maker("default", int(time.time()))
    make.fill(
        people.Person, count, salutation="'Frau'", language="'de'", legal_basis="'contract'",
        first_name=make.pick(3, _company.FIRST), last_name=make.pick(1, _company.FRONT),
    )  # fmt: skip
    make.fill(
        people.ContactDetail, count, person_id="i", kind="'postal'", is_primary="TRUE",
        value="'Weg ' || i || ', 07743 Jena'", folded="'weg ' || i || ', 07743 jena'",
        street="'Weg ' || i", postal_code="'07743'", town="'Jena'", country="'DE'",
    )  # fmt: skip
    return viewer, write.create(named("letterhead"), viewer, HEAD).pk


def _one_page(count: int) -> float:
    """Seconds that the program which sets them needs to start, for each part of the letters."""
    import subprocess

    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import typst"], check=True)
    return (time.monotonic() - began) * max(1, count // 250)


def _go_on(run: int) -> tuple[float, float]:
    """What the worker does until it is finished or somebody has to decide; seconds and CPU."""
    from kundenkreis.crm.letters.models import PrintRun
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records import working

    wall, used = time.monotonic(), _used()
    rested = 0
    while rested < 2:  # the letters, then their files
        rested = 0 if working.go_on(Side.CRM, run, model=PrintRun) else rested + 1
    return time.monotonic() - wall, _used() - used


def _used() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, kinds))


if __name__ == "__main__":
    sys.exit(main(measure, __doc__, letters=Size(1_000, 20, "people who are written to")))
