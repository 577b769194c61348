"""The API over HTTP: pages of a list, one record, writes one by one and many at once, against an empty answer to a token."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

from bench import _company
from bench._http import Answer, Client
from bench._processes import cpu, tree
from bench._product import free_ports, host, serving, set_up, temporary_home
from bench._tools import Figure, Size, main, measured, percentile

V1 = "/api/v1/"
WARMING = 3
EMPTY = ("", 1)  # an address that is not there: the token is known, and that is all
Ask = Callable[[int], Answer]


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        os.environ["KUNDENKREIS_API_RATE"] = "0"  # what is measured is how fast it could be
        set_up()
        _company.found(int(options.persons))
        headers = {"Authorization": f"Bearer {_key()}", "Content-Type": "application/json"}
        port = free_ports()
        with serving(inner=port) as roles:
            client = Client(host("inner"), port)
            server = tree(roles["inner"])
            yield from _timed(_asked(client, headers, options), int(options.requests), server)


def _key() -> str:
    """A token of the company's administrator."""
    from kundenkreis.crm.accounts.queries import today, user_named, viewer_of
    from kundenkreis.crm.accounts.token_commands import create_token

    user = user_named(_company.EMAIL)
    if user is None:
        raise RuntimeError("the company has no administrator")
    return create_token(
        actor=viewer_of(user), name="bench", scopes={"*": "write"},
        until=today() + timedelta(days=1),
    )[1]  # fmt: skip


def _asked(
    client: Client, headers: dict[str, str], options: argparse.Namespace
) -> dict[tuple[str, int], Ask]:
    """What is measured: its name and how many records it is about."""
    half, many = int(options.persons) // 2, int(options.batch)

    def get(path: str) -> Ask:
        return lambda _turn: client.get(f"{V1}{path}", **headers)

    def make(turn: int) -> Answer:
        return client.post(f"{V1}persons", _person(f"Neu {turn}"), **headers)

    def make_many(turn: int) -> Answer:
        operations = [{"op": "create", "values": _person(f"Neu {turn}/{n}")} for n in range(many)]
        return client.post(f"{V1}persons/batch", {"operations": operations}, **headers)

    return {
        EMPTY: get(""),
        ("100 persons", 100): get("persons?limit=100"),
        ("100 persons, three fields", 100): get("persons?limit=100&fields=id,last_name,source"),
        ("100 persons, newest changes first", 100): get("persons?limit=100&sort=-changed_at"),
        ("100 orders", 100): get("orders?limit=100"),
        ("one person", 1): get(f"persons/{half}"),
        ("one person, made", 1): make,
        (f"{many} persons, made at once", many): make_many,
    }


def _person(name: str) -> dict[str, object]:
    return {"last_name": name, "source": "bench", "legal_basis": "contract", "language": "de"}


def _timed(asked: dict[tuple[str, int], Ask], requests: int, server: list[int]) -> Iterator[Figure]:
    """All of them in turns, so that what else the machine does meets all alike."""
    took: dict[tuple[str, int], list[float]] = {what: [] for what in asked}
    work: dict[tuple[str, int], list[float]] = {what: [] for what in asked}
    for turn in range(requests + WARMING):
        for what, ask in asked.items():
            before, answer = cpu(server), ask(turn)
            if what != EMPTY and answer.status not in (200, 201):
                raise RuntimeError(f"{what[0]}: {answer.status} {answer.text[:200]}")
            if turn >= WARMING:
                took[what].append(answer.seconds * 1000)
                work[what].append((cpu(server) - before) * 1000)
    least = percentile(work.pop(EMPTY), 0.5)
    for (name, count), spent in work.items():
        half, each = percentile(took[name, count], 0.5), percentile(spent, 0.5)
        rate = 1000 * count / max(each, 0.001)
        said = f"{name}: server's CPU (p50 {half:.1f} ms, {rate:.0f} records per CPU second)"
        yield measured(said, each, "ms", floor=least)


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            persons=Size(100_000, 300, "persons in the crm database"),
            requests=Size(60, 1, "requests of each kind"),
            batch=Size(500, 20, "persons made in one request"),
        )
    )
