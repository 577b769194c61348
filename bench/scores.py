"""Scoring all customers beside each other, as each night does, and lists that are sorted by it."""

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
    persons = int(options.persons)
    with temporary_home(options.postgresql):
        set_up()
        _company.found(persons)
        yield from _nights(persons)
        port = free_ports()
        with serving(inner=port) as roles:
            client = Client(host("inner"), port)
            client.log_in(_company.EMAIL, _company.PASSWORD)
            address = "/crm/persons/?columns=name,score_monetary&sort="
            pages = {
                f"{persons:,} persons, worst revenue first": f"{address}score_monetary",
                f"{persons:,} persons, best revenue first": f"{address}-score_monetary",
            }
            yield from one_by_one(client, pages, int(options.requests), tree(roles["inner"]))


def _nights(persons: int) -> Iterator[Figure]:
    from kundenkreis.crm.sales.scores import refresh_scores

    for title in ("first night", "a night in which nothing is new"):
        began, used = time.monotonic(), time.process_time()
        scored = refresh_scores()
        wall, used = time.monotonic() - began, time.process_time() - used
        yield measured(f"{title}: {scored:,} customers scored, of {persons:,} persons", wall, "s")
        yield measured("processor time of it", used, "s")


if __name__ == "__main__":
    sys.exit(
        main(
            measure, __doc__,
            persons=Size(1_000_000, 2_000, "persons"),
            requests=Size(10, 2, "of each page"),
        )
    )  # fmt: skip
