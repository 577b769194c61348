"""A hundred seats at work: each thinks, then asks for a page of the usual mix; an open loop in which
latency counts from the instant somebody clicked."""

from __future__ import annotations

import argparse
import html
import http.client
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from bench import _company
from bench._http import Client
from bench._processes import cpu, pss, tree
from bench._product import free_ports, host, serving, set_up, temporary_home
from bench._tools import Figure, Size, main, measured, percentile
from bench.pages import EMPTY, NEXT

# Of twenty clicks: lists and records as people use them, now and then a search or a new person.
MIX = "first first next filtered searched searched record record record record "
MIX += "record record board organisation organisation orders home made empty empty"


@dataclass
class Seats:
    """All of them, and what they were told."""

    client: Client
    persons: int
    think: float
    end: float
    took: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def seat(self, number: int) -> None:
        dice, browser, next_page = random.Random(number), self.client.another(), ""
        due = time.perf_counter() + dice.random() * self.think
        turn = 0
        while due < self.end:
            time.sleep(max(0.0, due - time.perf_counter()))
            turn += 1
            what = dice.choice(MIX.split())
            status, text = self._ask(browser, what, dice, next_page, f"{number}/{turn}")
            if what == "first" and (found := NEXT.search(text)):
                next_page = html.unescape(found[1])
            with self.lock:
                self.took.setdefault(what, []).append((time.perf_counter() - due) * 1000)
                self.statuses[status] += 1
            due += dice.expovariate(1 / self.think)
        browser.connection.close()

    def _ask(
        self, browser: Client, what: str, dice: random.Random, next_page: str, name: str
    ) -> tuple[int, str]:
        try:
            if what == "made":
                values = {"last_name": f"Neu {name}", "source": "bench", "language": "de"}
                values["legal_basis"] = "contract"
                return browser.submit("/crm/persons/new/", values).status, ""
            one = 1 + dice.randrange(self.persons)
            paths = {
                "first": "/crm/persons/", "next": next_page or "/crm/persons/",
                "filtered": "/crm/persons/?is_customer=1",
                "searched": f"/crm/persons/?q={quote(dice.choice(_company.FRONT.split()))}",
                "record": f"/crm/persons/{one}/", "board": "/crm/opportunities/board/",
                "organisation": "/crm/organisations/1/", "orders": "/crm/orders/", "home": "/",
                "empty": EMPTY,
            }  # fmt: skip
            answer = browser.get(paths[what])
            return answer.status, answer.text
        except (OSError, http.client.HTTPException):
            browser.connection.close()  # it connects again by itself
            return 0, ""


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        set_up()
        _company.found(int(options.persons))
        port = free_ports()
        with serving(inner=port, worker=0) as roles:
            client = Client(host("inner"), port)
            client.log_in(_company.EMAIL, _company.PASSWORD)
            for path in ("/crm/persons/", "/crm/persons/1/", "/", "/crm/orders/"):
                client.get(path)
            server, began = tree(roles["inner"]), time.perf_counter()
            before = cpu(server)
            think, end = float(options.think), began + float(options.seconds)
            seats = Seats(client, int(options.persons), think, end)
            _at_work(seats, int(options.seats))
            wall, spent = time.perf_counter() - began, cpu(server) - before
            memory = pss(roles["inner"])
    yield from _figures(seats, int(options.seats), wall, spent)
    yield measured("memory of the staff pages afterwards (PSS)", memory, "MiB")


def _at_work(seats: Seats, count: int) -> None:
    threads = [threading.Thread(target=seats.seat, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _figures(seats: Seats, count: int, wall: float, spent: float) -> Iterator[Figure]:
    floor = seats.took.pop("empty", [])
    pages = [took for found in seats.took.values() for took in found]
    asked = len(pages) + len(floor)
    for share in (0.5, 0.95, 0.99):
        what = f"{count} seats, every {seats.think:g} s a page: p{share * 100:.0f}"
        yield measured(what, percentile(pages, share), "ms", floor=percentile(floor, share))
    yield measured("pages in a second", asked / wall, "/s")
    yield measured("server's CPU of that, of one core", 100 * spent / wall, "%")
    wrong = {status: n for status, n in seats.statuses.items() if status not in (200, 302)}
    said = ", ".join(f"{n} × {status}" for status, n in sorted(wrong.items()))
    yield measured(f"pages that failed, of {asked:,} ({said})", sum(wrong.values()), at_most=0)


if __name__ == "__main__":
    sys.exit(
        main(
            measure, __doc__,
            persons=Size(100_000, 300, "persons in the crm database"),
            seats=Size(100, 5, "seats"),
            think=Size(5.0, 0.2, "seconds that somebody thinks, on average"),
            seconds=Size(60.0, 3.0, "seconds"),
        )
    )  # fmt: skip
