"""What marketing makes of two people whom staff merge, and part again."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kundenkreis.engage.profiles import queries, unions
from kundenkreis.engage.profiles.identity import Sighting
from kundenkreis.engage.profiles.models import Identifier, Profile, ProfileMerge, ProfileUnion
from kundenkreis.engage.profiles.resolution import link, remember, resolve
from kundenkreis.engage.profiles.traits import Traits
from kundenkreis.kernel import store
from kundenkreis.kernel.errors import NotAllowed
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CARLA, ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def customer(user: str, **traits: str) -> tuple[int, UUID]:
    """A known customer of the shop with two devices, linked to the crm."""
    cookies = [Sighting(f"{user}-{n}", user, NOON, True) for n in (1, 2)]
    with store.group(Side.ENGAGE, "test"):
        pk = resolve("shop", cookies, NOON)[0].profile_id
        said = Traits()
        said.say(traits, NOON)
        remember({pk: said})
        return pk, link([pk])[pk]


def say(pk: int, minute: int, **traits: str) -> None:
    with store.group(Side.ENGAGE, "test"):
        said = Traits()
        said.say(traits, NOON + timedelta(minutes=minute))
        remember({queries.canonical_id(pk): said})


def state() -> list[Any]:
    """Who is who, what is said of whom and what leads to whom."""
    people = Profile.objects.order_by("pk")
    names = Identifier.objects.order_by("pk").values_list("pk", "profile")
    values = people.values_list("pk", "canonical_id", "link_id", "traits", "trait_times")
    return [*values, *names, ProfileMerge.objects.count(), ProfileUnion.objects.count()]


def test_two_who_are_merged_are_one_also_for_who_comes_back() -> None:
    (anna, anna_link), (double, double_link) = customer("a", size="M"), customer("b", shoe="40")
    assert unions.join_people(actor=ANNA, link_id=anna_link, gone=double_link)
    assert queries.group_ids(double) == [anna, double]
    assert Profile.objects.get(pk=anna).traits == {"size": "M", "shoe": "40"}
    with store.group(Side.ENGAGE, "test"):
        (seen,) = resolve("shop", [Sighting("b-1", "b", NOON, True)], NOON)
    assert (seen.profile_id, seen.link_id) == (anna, anna_link)
    assert queries.linked([double_link]) == {double_link: anna}


def test_a_merge_that_is_told_again_changes_nothing() -> None:
    (_, anna), (_, double) = customer("a"), customer("b")
    unions.join_people(actor=ANNA, link_id=anna, gone=double)
    before = state()
    assert not unions.join_people(actor=ANNA, link_id=anna, gone=double)
    assert state() == before
    unions.part_people(actor=ANNA, back=double)
    before = state()
    assert not unions.part_people(actor=ANNA, back=double)
    assert state() == before


def test_what_was_said_later_stays_when_they_are_parted() -> None:
    (anna, anna_link), (double, double_link) = customer("a", size="M"), customer("b", size="S")
    say(double, 1, size="L", shoe="40")
    unions.join_people(actor=ANNA, link_id=anna_link, gone=double_link)
    say(double, 2, shoe="41", hat="7")
    unions.part_people(actor=ANNA, back=double_link)
    assert Profile.objects.get(pk=anna).traits == {"size": "M", "shoe": "41", "hat": "7"}
    assert Profile.objects.get(pk=double).traits == {"size": "L", "shoe": "40"}


def test_a_device_that_changed_hands_meanwhile_is_not_given_back() -> None:
    (anna, anna_link), (double, double_link) = customer("a"), customer("b")
    clara, _ = customer("c")
    unions.join_people(actor=ANNA, link_id=anna_link, gone=double_link)
    later = NOON + timedelta(hours=1)
    with store.group(Side.ENGAGE, "test"):
        resolve("shop", [Sighting("b-1", "c", later, True)], later)
    unions.part_people(actor=ANNA, back=double_link)
    assert queries.find("shop", anonymous="b-1") == clara
    assert queries.find("shop", anonymous="b-2") == double
    assert queries.find("shop", anonymous="a-1") == anna


def test_a_name_that_was_written_anew_meanwhile_goes_back_to_whose_it_was() -> None:
    """As when a name that was only claimed is proven: it then leads to who they are by then."""
    (anna, anna_link), (double, double_link) = customer("a"), customer("b")
    unions.join_people(actor=ANNA, link_id=anna_link, gone=double_link)
    with store.group(Side.ENGAGE, "test"):
        store.replace(store.rows(Identifier).filter(value__in=("b", "b-1")), profile=anna)
    unions.part_people(actor=ANNA, back=double_link)
    assert queries.find("shop", user="b") == queries.find("shop", anonymous="b-1") == double
    assert queries.find("shop", user="a") == anna


def test_of_somebody_who_was_never_seen_there_is_nothing_to_join() -> None:
    _, anna = customer("a")
    before = state()
    assert not unions.join_people(actor=ANNA, link_id=anna, gone=UUID(int=5))
    assert state() == before


def test_who_only_the_crm_has_seen_yet_takes_over_what_was_seen() -> None:
    double, link_id = customer("b")
    assert unions.join_people(actor=ANNA, link_id=UUID(int=5), gone=link_id)
    assert Profile.objects.get(pk=queries.canonical_id(double)).link_id == UUID(int=5)


def test_carla_joins_nobody() -> None:
    (_, anna), (_, double) = customer("a"), customer("b")
    with pytest.raises(NotAllowed):
        unions.join_people(actor=CARLA, link_id=anna, gone=double)


class Chains(TestCase):
    """Whoever is merged into whomever: parting all of them, in any order, leaves nothing behind."""

    databases = ENGAGE

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6), st.randoms())
    def test_parting_undoes_every_merge(
        self, pairs: list[tuple[int, int]], dice: random.Random
    ) -> None:
        people = [customer(f"u{n}", **{f"t{n}": str(n), "size": str(n)}) for n in range(5)]
        before = state()
        into_of: dict[int, int] = {}
        for into, gone in pairs:
            if into != gone and not {into, gone} & into_of.keys():  # as in the crm
                links = people[into][1], people[gone][1]
                assert unions.join_people(actor=ANNA, link_id=links[0], gone=links[1])
                into_of[gone] = into
        roots = {pk for n, (pk, _) in enumerate(people) if n not in into_of}
        assert {queries.canonical_id(pk) for pk, _ in people} == roots
        flat = Profile.objects.filter(canonical_id__isnull=False)
        assert set(flat.values_list("canonical_id", flat=True)) <= roots
        while into_of:
            gone = dice.choice([one for one, into in into_of.items() if into not in into_of])
            assert unions.part_people(actor=ANNA, back=people[gone][1])
            del into_of[gone]
        assert state() == before
