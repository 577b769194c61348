"""The product decides as the oracle does, in worlds at random: every user, action, type and row."""

from __future__ import annotations

import pytest
from django.db.models import F

from kundenkreis.kernel.testing import CRM
from tests.rights import deciding, oracle, worlds

pytestmark = pytest.mark.django_db(databases=CRM)

SMALL = range(20)


def test_p02_it_decides_like_the_oracle_in_a_company_of_ten_thousand_rows() -> None:
    world = worlds.at_random(seed=1, rows=10_000)
    worlds.insert(world)
    count, wrong = deciding.compare(world)
    assert not wrong, wrong[:5]
    assert count >= 1_000_000


@pytest.mark.parametrize("seed", SMALL)
def test_p02_it_decides_like_the_oracle_in_small_companies(seed: int) -> None:
    world = worlds.at_random(seed, rows=150, staff=8, roles=5)
    worlds.insert(world)
    _count, wrong = deciding.compare(world)
    assert not wrong, wrong[:5]
    assert not deciding.compare_fields(world)


def test_worlds_at_random_have_every_way_to_a_record() -> None:
    """A world in which nobody has a share, a deputy or a tree would prove nothing about these."""
    reached = dict.fromkeys(("own", "team", "tree", "all", "share", "deputy", "over"), 0)
    for seed in SMALL:
        world = worlds.at_random(seed, rows=150, staff=8, roles=5)
        for pk, who in world.staff.items():
            reached["over"] += bool(who.roles) and not list(world.roles_of(who))
            for subject in world.rows:
                given = oracle.level(world, who, subject, "read")
                reached[given] = reached.get(given, 0) + 1
                narrow = given in ("own", "team", "tree")
                reached["share"] += narrow and bool(oracle.shared(world, who, subject, "read"))
                reached["deputy"] += narrow and oracle.own(world, who) != {pk}
    assert min(reached.values()) >= 3, reached


def test_the_oracle_would_notice_records_of_another_owner() -> None:
    world = worlds.at_random(seed=2, rows=150)
    worlds.insert(world)
    people = worlds.MODELS["crm.person"].objects.filter(owner_id__isnull=False)
    people.update(owner_id=F("owner_id") + 1)
    assert deciding.compare(world)[1]
