"""Staff pages for whoever may see a part of all records: their own, the team's, shared ones, an absent colleague's."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench import _company
from bench._http import Client
from bench._processes import tree
from bench._product import free_ports, host, serving, set_up, temporary_home
from bench._tools import Figure, Size, main
from bench.pages import one_by_one

PERSON = re.compile(r"/crm/persons/\d+/(?=[\"?])")
SHARES = RESTRICTED = 1_000


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who looks: how far their rights reach, in which teams.

    From most of the staff persons are kept whose data must not be used: `all_persons` finds them.
    """

    name: str
    level: str
    teams: tuple[int, ...] = ()
    shares: int = 0
    deputy: bool = False
    all_persons: bool = True

    @property
    def email(self) -> str:
        return f"{self.role}{self.shares}{self.deputy}@kundenkreis.example".lower()

    @property
    def role(self) -> str:
        return self.level if self.all_persons else f"{self.level}-restricted"

    @property
    def grants(self) -> dict[str, str]:
        if self.all_persons:
            return {"crm.*.*": self.level}
        return {"crm.*.read": self.level, "crm.*.change": self.level}


SEATS = (
    Seat("own", "own"),
    Seat("team", "team", (1,)),
    Seat(f"teams below, {SHARES:,} shares", "tree", (2,), shares=SHARES),
    Seat("deputy", "own", deputy=True),
    Seat("all but the restricted", "all", all_persons=False),
    Seat("own but the restricted", "own", all_persons=False),
    Seat("teams below but the restricted", "tree", (2,), all_persons=False),
)


def seat_them(persons: int) -> None:
    """Make teams as a tree, roles, the staff, shares and an absence; needs the company."""
    from django.conf import settings

    from kundenkreis.crm.accounts import absence_commands, commands, team_commands
    from kundenkreis.crm.accounts.models import Role, Team
    from kundenkreis.crm.people.models import Restriction
    from kundenkreis.kernel import clock, store
    from kundenkreis.kernel.access import system
    from kundenkreis.kernel.models import Share
    from kundenkreis.kernel.sides import Side

    actor, today = system("bench"), clock.today(settings.COMPANY_ZONE)
    teams: list[Team] = []
    for number in range(_company.TEAMS):
        parent = teams[number // 4] if number >= 4 else None
        teams.append(team_commands.found_team(actor=actor, name=f"T{number}", parent=parent))
    with store.group(Side.CRM, "bench"):
        for role, grants in {seat.role: seat.grants for seat in SEATS}.items():
            store.create(actor, Role, slug=role, label={"en": role}, grants=grants)
    with store.group(Side.CRM, "bench"):
        restricted = range(1, persons + 1, max(10, persons // RESTRICTED))  # never all of them
        reason, now = Restriction.Reason.CONTESTED, clock.now()
        store.append(
            Restriction, [Restriction(person_id=pk, reason=reason, since=now) for pk in restricted]
        )
    for seat in SEATS:
        user: Any = commands.create_user(
            actor=actor, email=seat.email, name=seat.name, password=_company.PASSWORD,
            roles=[seat.role], teams=[teams[number] for number in seat.teams],
        )  # fmt: skip
        step = max(1, persons // SHARES)
        with store.group(Side.CRM, "bench"):
            store.append(
                Share,
                [
                    Share(
                        subject="crm.person", row=1 + number * step, user_id=user.pk, level="read"
                    )
                    for number in range(min(seat.shares, persons))
                ],
            )
        if seat.deputy:  # of whoever was made just before
            absence_commands.plan_absence(
                actor=actor, user_id=user.pk - 1, deputy_id=user.pk, starts_on=today,
                ends_on=today + timedelta(days=7),
            )  # fmt: skip


def pages(client: Client, seat: Seat) -> dict[str, str]:
    """Every page that is measured, by its name."""
    found = PERSON.search(client.get("/crm/persons/").text)
    chosen = {
        "persons": "/crm/persons/",
        "searched": "/crm/persons/?q=Bergmann",
        "searched, two words": "/crm/persons/?q=anna+bergmann",
        "searched, what very many are called": "/crm/persons/?q=anna+berg",
        "counted": "/crm/persons/count/?definition=",
        "everything searched": "/search/?q=muelle+berg",
        "everything searched, two beginnings": "/search/?q=anna+berg",
        "person": found[0] if found else "",
        "opportunities, board": "/crm/opportunities/board/",
    }
    return {f"{seat.name}: {name}": path for name, path in chosen.items()}


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    with temporary_home(options.postgresql):
        set_up()
        _company.found(options.persons)
        seat_them(options.persons)
        port = free_ports()
        with serving(inner=port) as roles:
            for seat in SEATS:
                client = Client(host("inner"), port)
                client.log_in(seat.email, _company.PASSWORD)
                chosen = pages(client, seat)
                for name in [name for name, path in chosen.items() if not path]:
                    del chosen[name]
                    yield Figure(f"{name}: BROKEN", None, met=False)
                server = tree(roles["inner"])
                yield from one_by_one(client, chosen, options.requests, server, seat.email)


if __name__ == "__main__":
    sys.exit(
        main(
            measure,
            __doc__,
            persons=Size(1_000_000, 600, "persons in the crm database"),
            requests=Size(60, 1, "requests of each page"),
        )
    )
