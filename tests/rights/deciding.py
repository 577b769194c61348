"""The product's decisions beside the oracle's, for all users, actions and rows at once."""

from __future__ import annotations

from typing import Any

from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.kernel.access import Viewer, visible
from kundenkreis.records import named
from tests.rights import oracle
from tests.rights.oracle import World
from tests.rights.worlds import ACTIONS, MODELS


def viewers(world: World) -> dict[int, Viewer]:
    return {user.pk: viewer_of(user) for user in User.objects.filter(pk__in=world.staff)}


def compare(world: World, *only: str) -> tuple[int, list[str]]:
    """How many decisions were compared, and where the product says something else."""
    count, wrong = 0, []
    known = viewers(world)
    for subject, expected in world.rows.items():
        if only and subject not in only:
            continue
        kind = named(subject.partition(".")[2])
        records = list(MODELS[subject].objects.only("owner_id", "team_id"))
        assert len(records) == len(expected)
        for pk, viewer in known.items():
            read = set(kind.rows(viewer).order_by().values_list("pk", flat=True))
            wrong += _told(subject, pk, "rows", read, oracle.readable(world, pk, subject))
            count += len(records)
            for action in ACTIONS:
                right, should = kind.right(action), oracle.reached(world, pk, subject, action)
                covered = {one.pk for one in records if viewer.covers(right, one)}
                asked = visible(viewer, MODELS[subject].objects.all(), right)
                found = set(asked.order_by().values_list("pk", flat=True))
                wrong += _told(subject, pk, f"covers {action}", covered, should)
                wrong += _told(subject, pk, f"visible {action}", found, should)
                count += 2 * len(records)
    return count, wrong


def compare_fields(world: World) -> list[str]:
    """The same for the fields that roles hide or lock."""
    wrong = []
    for pk, viewer in viewers(world).items():
        if world.staff[pk].until and not list(world.roles_of(world.staff[pk])):
            continue
        for subject in world.rows:
            names = {name for role in world.roles.values() for name in role.fields.get(subject, {})}
            for name in names:
                said = (viewer.sees(subject, name), viewer.sets(subject, name))
                if said != (
                    oracle.knows(world, pk, subject, name),
                    oracle.sets(world, pk, subject, name),
                ):
                    wrong.append(f"{pk} {subject}.{name}: {said}")
    return wrong


def _told(subject: str, pk: int, what: str, said: set[Any], should: set[Any]) -> list[str]:
    if said == should:
        return []
    more, less = sorted(said - should)[:3], sorted(should - said)[:3]
    return [f"{subject} {what} for {pk}: too much {more}, too little {less}"]
