"""Worlds at random, and how they get into the databases: a few set-based inserts."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from kundenkreis.crm.accounts.models import Absence, Role, Team, User
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.crm.sales.models import Competitor, Opportunity, Order, Pipeline, Product, Stage
from kundenkreis.crm.work.models import Activity
from kundenkreis.kernel import clock
from kundenkreis.kernel.models import Share
from kundenkreis.kernel.sides import Side
from tests.rights import oracle
from tests.rights.oracle import Away, Row, Shared, Staff, World

# Numbers of two types never meet, nor those that a database gives itself.
FIRST = {
    "crm.organisation": 21_000_000,
    "crm.person": 22_000_000,
    "crm.opportunity": 23_000_000,
    "crm.order": 24_000_000,
    "crm.product": 25_000_000,
    "crm.competitor": 26_000_000,
    "crm.activity": 27_000_000,
}
TEAMS, STAFF = 28_000_000, 29_000_000
MODELS: dict[str, Any] = {
    "crm.organisation": Organisation,
    "crm.person": Person,
    "crm.product": Product,
    "crm.competitor": Competitor,
    "crm.opportunity": Opportunity,
    "crm.order": Order,
    "crm.activity": Activity,
}
ACTIONS = ("read", "create", "change", "remove", "export")
RANDOM = ("crm.person", "crm.organisation", "crm.opportunity", "crm.competitor", "crm.activity")


def at_random(seed: int, rows: int, staff: int = 12, roles: int = 6, teams: int = 9) -> World:
    """A company: a tree of teams four deep, roles with every level, shares, absences."""
    chance = random.Random(seed)
    today = clock.today(settings.COMPANY_ZONE)
    world = World(today)
    for n in range(teams):
        parents = [pk for pk in world.teams if _depth(world, pk) < 4]
        parent = chance.choice(parents) if parents and chance.random() < 0.8 else None
        world.teams[TEAMS + n] = parent
    for n in range(roles):
        world.roles[f"role{n}"] = oracle.Role(dict(_grants(chance)), _fields(chance))
    for n in range(staff):
        until = chance.choice([None] * 6 + [_day(chance, today)])
        some = set(chance.sample(sorted(world.teams), chance.randint(0, 2)))
        held = chance.sample(sorted(world.roles), chance.randint(0, 3))
        world.staff[STAFF + n] = Staff(STAFF + n, some, held, until)
    for _ in range(staff // 2):
        who, deputy = chance.sample(sorted(world.staff), 2)
        first = _day(chance, today)
        world.away.append(Away(who, deputy, first, first + timedelta(days=chance.randint(0, 2))))
    for subject in RANDOM:
        world.rows[subject] = dict(_rows(chance, world, subject, rows // len(RANDOM)))
    once = {(one.subject, one.row, one.user, one.team): one for one in _shares(chance, world, rows)}
    world.shares = list(once.values())
    return world


def _grants(chance: random.Random) -> Iterable[tuple[str, str]]:
    for _ in range(chance.randint(1, 6)):
        subject = chance.choice([*RANDOM, "crm.*", "*.*"])
        action = chance.choice([*ACTIONS, "read", "*"])
        # Levels that reach everything hide the mistakes of all others: they are rare.
        weights = (1, 4, 4, 4, 1)
        yield f"{subject}.{action}", chance.choices(oracle.LEVELS, weights)[0]


def _fields(chance: random.Random) -> dict[str, dict[str, str]]:
    names = {"crm.person": ("source", "phone", "legal_basis"), "crm.opportunity": ("value_minor",)}
    return {
        subject: {
            name: chance.choice(("hidden", "locked")) for name in some if chance.random() < 0.5
        }
        for subject, some in names.items()
    }


def _rows(
    chance: random.Random, world: World, subject: str, count: int
) -> Iterable[tuple[int, Row]]:
    staff, teams = [*world.staff, None], [*world.teams, None]
    for pk in range(FIRST[subject], FIRST[subject] + count):
        about: tuple[tuple[str, int], ...] = ()
        if subject == oracle.ACTIVITY and chance.random() < 0.8:
            other = chance.choice([one for one in world.rows if world.rows[one]])
            about = ((other, chance.choice(sorted(world.rows[other]))),)
        yield pk, Row(subject, pk, chance.choice(staff), chance.choice(teams), about)


def _shares(chance: random.Random, world: World, rows: int) -> Iterable[Shared]:
    for _ in range(rows // 10):
        subject = chance.choice(RANDOM)
        row = chance.choice(sorted(world.rows[subject]))
        whom: dict[str, Any] = (
            {"user": chance.choice(sorted(world.staff))}
            if chance.random() < 0.6
            else {"team": chance.choice(sorted(world.teams))}
        )
        until = chance.choice([None, None, _day(chance, world.today)])
        yield Shared(subject, row, chance.choice(("read", "change")), until=until, **whom)


def _day(chance: random.Random, today: date) -> date:
    return today + timedelta(days=chance.choice((-40, -1, 0, 1, 40)))


def _depth(world: World, pk: int | None) -> int:
    return 0 if pk is None else 1 + _depth(world, world.teams[pk])


def insert(world: World) -> None:
    """Write a world into the crm's database."""
    now = clock.now()
    Team.objects.bulk_create(Team(pk=pk, name=f"Team {pk}") for pk in world.teams)
    for pk, parent in world.teams.items():
        if parent is not None:
            Team.objects.filter(pk=pk).update(parent=parent)
    held = Role.objects.bulk_create(
        Role(slug=slug, label={"en": slug}, grants=one.grants, fields=one.fields)
        for slug, one in world.roles.items()
    )
    numbers = {role.slug: role.pk for role in held}
    User.objects.bulk_create(
        User(
            pk=one.pk, email=f"s{one.pk}@example.org", name=f"Staff {one.pk}", joined_at=now,
            until=one.until, language="en", password="!",
        )
        for one in world.staff.values()
    )  # fmt: skip
    User.teams.through.objects.bulk_create(
        User.teams.through(user_id=one.pk, team_id=team)
        for one in world.staff.values()
        for team in one.teams
    )
    User.roles.through.objects.bulk_create(
        User.roles.through(user_id=one.pk, role_id=numbers[slug])
        for one in world.staff.values()
        for slug in one.roles
    )
    Absence.objects.bulk_create(
        Absence(user_id=one.who, deputy_id=one.deputy, starts_on=one.first, ends_on=one.last)
        for one in world.away
    )
    share(world.shares)
    for subject in MODELS:
        insert_rows(subject, world.rows.get(subject, {}).values())


def insert_rows(subject: str, rows: Iterable[Row]) -> None:
    model, now = MODELS[subject], clock.now()
    stage = _stage(now)
    model.objects.bulk_create([_made(model, row, now, stage) for row in rows], batch_size=2_000)


def share(shares: Iterable[Shared]) -> None:
    Share.objects.using(Side.CRM.alias).bulk_create(
        Share(
            subject=one.subject, row=one.row, level=one.level, until=one.until,
            user_id=one.user, team_id=one.team,
        )
        for one in shares
    )  # fmt: skip


def _stage(now: Any) -> Stage:
    found = Stage.objects.filter(kind="open").first()
    if found is not None:
        return found
    dates = {"created_at": now, "changed_at": now}
    pipeline = Pipeline.objects.create(slug="sales", label={"en": "Sales"}, **dates)
    for place, kind in enumerate(("open", "won", "lost")):
        Stage.objects.create(
            pipeline=pipeline, slug=kind, label={"en": kind}, kind=kind, position=place, **dates
        )
    return Stage.objects.get(kind="open")


def _made(model: Any, row: Row, now: Any, stage: Stage) -> Any:
    values: dict[str, Any] = {"created_at": now, "changed_at": now}
    if model is Opportunity:
        values |= {"stage_id": stage.pk, "stage_since": now}
    if model is Activity:
        values |= {"text": f"Note {row.pk}", "kind": "note"}
        for other, pk in row.about[:1]:
            values |= {"about_kind": other.partition(".")[2], "about_row": pk}
    if model is Competitor:
        values["name"] = f"Competitor {row.pk}"
    values |= row.values
    return model(pk=row.pk, owner_id=row.owner, team_id=row.team, **values)
