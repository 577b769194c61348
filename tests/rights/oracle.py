"""Who may see and change which record and which field, said in plain Python.

Written from the rules as administrators are told them, not from the product's code, of which it
imports nothing. Slow and simple on purpose: one rule, one function.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

LEVELS = ("none", "own", "team", "tree", "all")
READ, CHANGE = "read", "change"
ACTIVITY = "crm.activity"


@dataclass(frozen=True)
class Role:
    """`{"crm.person.read": "team"}`, and `{"crm.person": {"source": "hidden"}}`."""

    grants: dict[str, str]
    fields: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Staff:
    """Somebody who works here; `until` is their last day."""

    pk: int
    teams: set[int] = field(default_factory=set)
    roles: list[str] = field(default_factory=list)
    until: date | None = None


@dataclass(frozen=True)
class Away:
    """Somebody is absent from a first to a last day, and who stands in."""

    who: int
    deputy: int
    first: date
    last: date


@dataclass(frozen=True)
class Shared:
    """One record that a member of staff or a team may read, or change too."""

    subject: str
    row: int
    level: str
    user: int | None = None
    team: int | None = None
    until: date | None = None


@dataclass
class Row:
    """A record. `about` is what an activity is about, or else whose timeline it is in."""

    subject: str
    pk: int
    owner: int | None = None
    team: int | None = None
    about: tuple[tuple[str, int], ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """Everything that decides about a right."""

    today: date
    teams: dict[int, int | None] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    staff: dict[int, Staff] = field(default_factory=dict)
    away: list[Away] = field(default_factory=list)
    shares: list[Shared] = field(default_factory=list)
    rows: dict[str, dict[int, Row]] = field(default_factory=dict)

    def roles_of(self, who: Staff) -> Iterator[Role]:
        if who.until is None or who.until >= self.today:
            yield from (self.roles[slug] for slug in who.roles)


def level(world: World, who: Staff, subject: str, action: str) -> str:
    """The widest level that any role gives; a star stands for one part of a right."""
    asked = f"{subject}.{action}".split(".")
    found = "none"
    for role in world.roles_of(who):
        for pattern, given in role.grants.items():
            parts = pattern.split(".")
            if all(part in ("*", one) for part, one in zip(parts, asked, strict=True)):
                found = max(found, given, key=LEVELS.index)
    return found


def own(world: World, who: Staff) -> set[int]:
    """Whose records are somebody's own today."""
    absent = {
        one.who
        for one in world.away
        if one.deputy == who.pk and one.first <= world.today <= one.last
    }
    return absent | {who.pk}


def below(world: World, who: Staff) -> set[int]:
    """Their teams and all under these."""
    found = set(who.teams)
    for team in world.teams:
        above, seen = world.teams[team], {team}
        while above is not None and above not in seen:
            if above in who.teams:
                found.add(team)
            seen.add(above)
            above = world.teams[above]
    return found


def shared(world: World, who: Staff, subject: str, action: str) -> set[int]:
    """What is shared with somebody for reading, or for changing, until today or longer."""
    enough = {READ: ("read", "change"), CHANGE: ("change",)}.get(action, ())
    return {
        one.row
        for one in world.shares
        if one.subject == subject
        and one.level in enough
        and (one.user == who.pk or one.team in who.teams)
        and (one.until is None or one.until >= world.today)
    }


def reached(world: World, pk: int, subject: str, action: str) -> set[int]:
    """The records of a type that somebody's right to an action reaches."""
    who, rows = world.staff[pk], world.rows.get(subject, {})
    given = level(world, who, subject, action)
    if given == "none":
        return set()
    if given == "all":
        return set(rows)
    owners, extra = own(world, who), shared(world, who, subject, action)
    teams = {"own": set(), "team": who.teams, "tree": below(world, who)}[given]
    return {
        row.pk
        for row in rows.values()
        if row.owner in owners or row.team in teams or row.pk in extra
    }


def readable(world: World, pk: int, subject: str) -> set[int]:
    """The records somebody may read; of activities only those about what they may read."""
    found = reached(world, pk, subject, READ)
    if subject != ACTIVITY:
        return found
    known = {other: reached(world, pk, other, READ) for other in world.rows if other != ACTIVITY}
    rows = world.rows[subject]
    return {one for one in found if all(about in known[other] for other, about in rows[one].about)}


def knows(world: World, pk: int, subject: str, name: str) -> bool:
    """Whether somebody may know a field: one role lets read the type and does not hide it."""
    return not _taken(world, pk, subject, name, (READ,), ("hidden",))


def sets(world: World, pk: int, subject: str, name: str) -> bool:
    """Whether somebody may change a field that they may know: one role that lets write the type
    neither hides nor locks it."""
    locked = _taken(world, pk, subject, name, ("create", "change"), ("hidden", "locked"))
    return knows(world, pk, subject, name) and not locked


def _taken(
    world: World, pk: int, subject: str, name: str, actions: tuple[str, ...], how: tuple[str, ...]
) -> bool:
    """Whether every role that gives one of the actions takes the field away."""
    alone = [Staff(pk, roles=[slug]) for slug in world.staff[pk].roles]
    giving = [
        one.roles[0]
        for one in alone
        if any(level(world, one, subject, a) != "none" for a in actions)
    ]
    mentioned = any(
        name in world.roles[slug].fields.get(subject, {}) for slug in world.staff[pk].roles
    )
    if not mentioned:
        return False
    return all(world.roles[slug].fields.get(subject, {}).get(name) in how for slug in giving)
