"""The timeline of one person with 100,000 entries: page, next page, filter, search for words."""

from __future__ import annotations

import argparse
import html
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from random import Random

from bench import _company
from bench._http import Client
from bench._processes import tree
from bench._product import free_ports, host, serving, set_up, temporary_home
from bench._tools import Figure, Size, main
from bench.pages import one_by_one

MORE = re.compile(r'hx-get="([^"]*after=[^"]+)"')
# Kinds with their share; calls and letters are rare, as they are.
KINDS = (("visit", 600), ("cart", 200), ("exposure", 120), ("order", 60), ("note", 19), ("call", 1))
WORDS = ("Messkopf", "Lieferzeit", "Angebot", "Rahmenvertrag", "Rückruf", "Ersatzteil", "Schulung")
NEEDLE = "Donaudampfschiff"  # in one note, the oldest


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        set_up()
        person = happened(int(options.entries))
        port = free_ports()
        with serving(inner=port) as roles:
            client = Client(host("inner"), port)
            client.log_in(_company.EMAIL, _company.PASSWORD)
            base = f"/crm/persons/{person}/"
            second = MORE.search(client.get(base).text)
            chosen = {
                f"page of a person with {options.entries:,} entries": base,
                "older entries": html.unescape(second[1]) if second else "",
                "filtered by a kind that is everywhere": f"{base}timeline/?topic=visits",
                "filtered by a kind that is rare": f"{base}timeline/?topic=calls",
                "filtered by a kind that there is not": f"{base}timeline/?topic=letters",
                "filtered by channel": f"{base}timeline/?channel=phone",
                "searched for a word that is common": f"{base}timeline/?q=messk",
                "searched for a word of the oldest entry": f"{base}timeline/?q={NEEDLE.lower()}",
                "searched for a word that is nowhere": f"{base}timeline/?q=zzzzzz",
            }
            yield from one_by_one(client, chosen, int(options.requests), tree(roles["inner"]))
            yield _steps_to(client, f"{base}timeline/?q={NEEDLE.lower()}")


def _steps_to(client: Client, address: str) -> Figure:
    """How often the page goes on by itself until the oldest entry is found."""
    steps = 1
    text = client.get(address).text
    while NEEDLE not in text and (found := MORE.search(text)) is not None:
        text, steps = client.get(html.unescape(found[1])).text, steps + 1
    return Figure(
        "requests until a word of the oldest entry is found", float(steps), met=NEEDLE in text
    )


def happened(entries: int) -> int:
    """A person with whom so much happened, over years; their number."""
    from kundenkreis.crm.accounts.commands import create_user
    from kundenkreis.crm.people.commands import create_person
    from kundenkreis.crm.people.models import TimelineEntry
    from kundenkreis.kernel import clock, store
    from kundenkreis.kernel.access import system
    from kundenkreis.kernel.sides import Side

    actor, dice, now = system("bench"), Random(1962), clock.now()
    create_user(actor=actor, email=_company.EMAIL, name="B. Messer", password=_company.PASSWORD,
                roles=["administrator"])  # fmt: skip
    person = create_person(actor=actor, last_name="Vielbeschäftigt", language="de")
    kinds, weights = zip(*KINDS, strict=True)
    chosen = dice.choices(kinds, weights, k=entries)
    for start in range(0, entries, 5_000):
        rows = [
            TimelineEntry(
                person_id=person.pk, kind=kind, at=now - timedelta(minutes=7 * number),
                recorded_at=now, actor="system:bench", key=f"bench|{number}",
                payload=_payload(kind, number, dice, last=number == entries - 1),
            )
            for number, kind in enumerate(chosen[start : start + 5_000], start)
        ]  # fmt: skip
        if start + 5_000 >= entries:
            rows[-1].kind = "note"
        with store.group(Side.CRM, "bench"):
            store.append(TimelineEntry, rows)
    return person.pk


def _payload(kind: str, number: int, dice: Random, *, last: bool) -> dict[str, object]:
    if last:
        return {"text": f"Fragt nach einem {NEEDLE}", "by": "Anna"}
    words = " ".join(dice.choices(WORDS, k=3))
    return {
        "visit": {"path": f"/produkte/{words.split()[0].lower()}"},
        "cart": {"product": words, "items": 2, "value_minor": 12_300},
        "exposure": {"campaign": "Herbst"},
        "order": {"number": f"BO-{number}", "net_minor": 52_000, "currency": "EUR"},
        "note": {"text": f"Es ging um {words}", "by": "Anna"},
        "call": {"text": f"Fragte nach {words}", "by": "Ben", "minutes": 4},
    }[kind]


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            entries=Size(100_000, 5_000, "entries of the person"),
            requests=Size(30, 3, "of each"),
        )
    )
