"""Who was exposed to what, first, after merging profiles that turned out to be one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from uuid import UUID

from kundenkreis.engage.campaigns.models import Exposure
from kundenkreis.engage.profiles.models import Profile

BATCH = 500


@dataclass(frozen=True, slots=True)
class Exposed:
    """One person's first exposure; `link_id` is None as long as the crm does not know them."""

    profile_id: int
    variant_id: int
    at: datetime
    link_id: UUID | None


@dataclass(frozen=True, slots=True)
class ExposedPeople:
    """The people of an experiment; who saw several variants is left out and counted."""

    people: list[Exposed]
    mixed: int


def exposed_people(campaign_id: int) -> ExposedPeople:
    """First exposure per person, oldest exposure first."""
    rows = Exposure.objects.filter(campaign_id=campaign_id).order_by("at", "id")
    first: dict[int, tuple[int, datetime]] = {}
    mixed: set[int] = set()
    for batch in batched(rows.iterator(BATCH), BATCH, strict=False):
        canonical = _canonical(row.profile_id for row in batch)
        for row in batch:
            person = canonical.get(row.profile_id, row.profile_id)
            variant_id, _ = first.setdefault(person, (row.variant_id, row.at))
            if variant_id != row.variant_id:
                mixed.add(person)
    links = _links(person for person in first if person not in mixed)
    people = [
        Exposed(person, variant_id, at, links.get(person))
        for person, (variant_id, at) in first.items()
        if person not in mixed
    ]
    return ExposedPeople(people, len(mixed))


def _canonical(profile_ids: Iterable[int]) -> dict[int, int]:
    merged = Profile.objects.filter(pk__in=set(profile_ids), canonical_id__isnull=False)
    return dict(merged.values_list("pk", "canonical_id"))


def _links(profile_ids: Iterator[int]) -> dict[int, UUID]:
    links: dict[int, UUID] = {}
    for batch in batched(profile_ids, BATCH, strict=False):
        known = Profile.objects.filter(pk__in=batch, link_id__isnull=False)
        links.update(known.values_list("pk", "link_id"))
    return links
