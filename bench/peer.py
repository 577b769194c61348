"""The same pages of the same company beside a peer's, in turns, on one PostgreSQL server."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator

from bench import _company, _peer
from bench._http import Client
from bench._processes import cpu, tree
from bench._product import free_ports, host, serving, set_up, temporary_home
from bench._tools import Figure, Size, main, measured, percentile

WARMING = 3
PAGES = {
    "persons, first page": "/crm/persons/",
    "persons, searched": "/crm/persons/?q=Bergmann",
    "person": "/crm/persons/{person}/",
    "everything searched": "/search/?q=Bergmann",
}


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(postgresql=True) as home:
        set_up()
        _company.found(options.persons)
        server = os.environ["KUNDENKREIS_CRM_DATABASE"].rpartition("/")[0] + "/postgres"
        with (
            _peer.peer(home, server, options.persons) as (theirs, their_pages, their_process),
            serving(inner=(port := free_ports())) as roles,
        ):
            ours = Client(host("inner"), port)
            ours.log_in(_company.EMAIL, _company.PASSWORD)
            for name, path in PAGES.items():
                us = Measured(ours, path.format(person=options.persons // 2), tree(roles["inner"]))
                them = Measured(theirs, their_pages[name], tree(their_process))
                for turn in range(options.requests + WARMING):
                    for one in (us, them):
                        one.ask(counts=turn >= WARMING)
                yield us.figure(name)
                yield them.figure(f"  the same in {_peer.NAME}")


class Measured:
    """A page of one server: how long it took, and what it cost the server's processes."""

    def __init__(self, client: Client, path: str, processes: list[int]) -> None:
        self.client, self.path, self.processes = client, path, processes
        self.took: list[float] = []
        self.spent: list[float] = []

    def ask(self, *, counts: bool) -> None:
        before = cpu(self.processes)
        answer = self.client.get(self.path)
        if answer.status != 200:
            raise RuntimeError(f"{self.path} answers {answer.status}")
        if counts:
            self.took.append(answer.seconds * 1000)
            self.spent.append((cpu(self.processes) - before) * 1000)

    def figure(self, name: str) -> Figure:
        half, spent = percentile(self.took, 0.5), percentile(self.spent, 0.5)
        words = f"{name}: p95 (p50 {half:.0f}, CPU {spent:.0f} ms)"
        return measured(words, percentile(self.took, 0.95), "ms")


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            persons=Size(100_000, 500, "persons, and as many activities in the peer"),
            requests=Size(40, 2, "requests of each page"),
        )
    )
