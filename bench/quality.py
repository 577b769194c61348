"""The page of data quality, of a base of a million persons, and the list behind one of its numbers."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

from bench import _company
from bench._http import Client
from bench._processes import tree
from bench._product import free_ports, host, serving, set_up, temporary_home
from bench._tools import Figure, Size, main, measured
from bench.pages import one_by_one


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        set_up()
        _company.found(int(options.persons))
        yield from _counted(int(options.persons))
        port = free_ports()
        with serving(inner=port) as roles:
            client = Client(host("inner"), port)
            client.log_in(_company.EMAIL, _company.PASSWORD)
            pages = {
                f"data quality of {options.persons:,} persons": "/crm/data-quality/?kind=person",
                "data quality of their organisations": "/crm/data-quality/?kind=organisation",
            }
            yield from one_by_one(client, pages, int(options.requests), tree(roles["inner"]))


def _counted(persons: int) -> Iterator[Figure]:
    """What the worker does by night."""
    from kundenkreis.crm.people.quality import commands, figures
    from kundenkreis.kernel.access import system
    from kundenkreis.records import named

    for name in ("person", "organisation"):
        began, used = time.monotonic(), time.process_time()
        figures.counted(named(name), system("bench"))
        wall, used = time.monotonic() - began, time.process_time() - used
        yield measured(f"counting everything of {name}s, {persons:,} persons", wall, "s")
        yield measured("processor time of it", used, "s", at_most=60)
    commands.measure_night(actor=system("quality"))


if __name__ == "__main__":
    sys.exit(
        main(
            measure, __doc__,
            persons=Size(1_000_000, 3_000, "persons"),
            requests=Size(10, 2, "of each page"),
        )
    )  # fmt: skip
