"""Who did not come back is forgotten with every name; whom the crm knows is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kundenkreis.engage.profiles.identity import Sighting
from kundenkreis.engage.profiles.jobs import PIECE
from kundenkreis.engage.profiles.models import FormerHolder, Identifier, Profile
from kundenkreis.engage.profiles.resolution import link, resolve
from kundenkreis.kernel import store
from kundenkreis.kernel.clock import FrozenClock, freeze
from kundenkreis.kernel.forgetting import forget_rows
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)
# Two years and a month later, and the length of a visit.
LATER = datetime(2028, 12, 21, 12, 31, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenClock]:
    with freeze("2026-11-21T12:00:00Z") as frozen:
        yield frozen


def see(clock: FrozenClock, anonymous: str, user: str = "", *, proven: bool = True) -> int:
    seen = Sighting(anonymous, user, clock.instant, proven=proven and bool(user))
    with store.group(Side.ENGAGE, "test"):
        return resolve("shop", [seen], clock.instant)[0].profile_id


def forget() -> int:
    return forget_rows(Side.ENGAGE, Profile)


def test_a_visitor_who_did_not_come_back_is_forgotten(clock: FrozenClock) -> None:
    see(clock, "v1")
    clock.instant = LATER - timedelta(minutes=2)
    assert forget() == 0
    stays = see(clock, "v2")
    clock.instant = LATER
    assert forget() == 1
    assert list(Profile.objects.values_list("pk", flat=True)) == [stays]
    assert list(Identifier.objects.values_list("value", flat=True)) == ["v2"]


def test_a_visitor_who_came_back_stays(clock: FrozenClock) -> None:
    who = see(clock, "v1")
    clock.advance(days=30)
    assert see(clock, "v1") == who
    clock.instant = LATER
    assert forget() == 0
    clock.advance(days=31)
    assert forget() == 1


def test_all_that_one_person_was_goes_together(clock: FrozenClock) -> None:
    first, second = see(clock, "v1"), see(clock, "v2")
    see(clock, "v1", "u1")
    see(clock, "v2", "u1")
    assert Profile.objects.get(canonical_id__isnull=False).pk in (first, second)
    clock.instant = LATER
    assert forget() == 1
    assert not Profile.objects.exists()
    assert not Identifier.objects.exists()


def test_whose_device_it_was_before_is_forgotten_with_them(clock: FrozenClock) -> None:
    see(clock, "v1", "u1")
    clock.advance(days=40)
    see(clock, "v1", "u2")
    assert FormerHolder.objects.count() == 1
    clock.instant = LATER
    assert forget() == 1
    assert not FormerHolder.objects.exists()
    assert set(Identifier.objects.values_list("value", flat=True)) == {"v1", "u2"}


@pytest.mark.parametrize("merged", [False, True], ids=["themselves", "by a profile of before"])
def test_whom_the_crm_knows_is_never_forgotten(merged: bool, clock: FrozenClock) -> None:
    who, before = see(clock, "v1", "u1"), see(clock, "v2")
    with store.group(Side.ENGAGE, "test"):
        if merged:
            store.replace(Profile.objects.filter(pk=before), canonical_id=who, link_id=uuid4())
        else:
            link([who])
            store.replace(Profile.objects.filter(pk=before), canonical_id=who)
    clock.instant = LATER.replace(year=2050)
    assert forget() == 0
    assert Profile.objects.count() == 2
    assert Identifier.objects.count() == 3


def test_many_go_a_few_at_a_time(clock: FrozenClock) -> None:
    seen = [Sighting(f"v{number}", "", clock.instant) for number in range(2 * PIECE + 5)]
    with store.group(Side.ENGAGE, "test"):
        resolve("shop", seen, clock.instant)
    clock.instant = LATER
    assert [forget() for _ in range(4)] == [PIECE, PIECE, 5, 0]
