"""The map of 100,000 customers over HTTP: the page, and the dots of what is to be seen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from bench import _company
from bench._http import Client
from bench._processes import tree
from bench._product import free_ports, host, serving, set_up, temporary_home
from bench._tools import Figure, Size, main
from bench.pages import one_by_one
from bench.places import scatter

ALL = "box=5,45,17,55.5"
TOWN = "box=13,52.3,13.8,52.7"


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        set_up()
        _staff()
        scatter(int(options.customers))
        port, points = free_ports(), "/crm/persons/map/points/"
        pages = {
            f"map of {options.customers:,} customers": "/crm/persons/map/",
            "dots of three countries": f"{points}?{ALL}&zoom=6",
            "dots of one town": f"{points}?{TOWN}&zoom=11",
            "heat of three countries": f"{points}?{ALL}&zoom=6&heat=1",
        }
        with serving(inner=port) as roles:
            client = Client(host("inner"), port)
            client.log_in(_company.EMAIL, _company.PASSWORD)
            yield from one_by_one(client, pages, int(options.requests), tree(roles["inner"]))


def _staff() -> None:
    from kundenkreis.crm.accounts.commands import create_user
    from kundenkreis.kernel.access import system

    create_user(
        actor=system("bench"), email=_company.EMAIL, name="B. Messer", password=_company.PASSWORD,
        roles=["administrator"],
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(
        main(
            measure, __doc__,
            customers=Size(100_000, 2_000, "located customers"),
            requests=Size(20, 2, "of each"),
        )
    )  # fmt: skip
