"""Who was exposed to what, first, after merging profiles that turned out to be one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

from kundenkreis.engage.campaigns.models import Campaign, Exposure
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
    return {pk: to for pk, to in merged.values_list("pk", "canonical_id") if to is not None}


def _links(profile_ids: Iterator[int]) -> dict[int, UUID]:
    links: dict[int, UUID] = {}
    for batch in batched(profile_ids, BATCH, strict=False):
        known = Profile.objects.filter(pk__in=batch, link_id__isnull=False)
        links |= {pk: link for pk, link in known.values_list("pk", "link_id") if link is not None}
    return links


@dataclass(frozen=True, slots=True)
class RegisteredLook:
    """The people of a fixed-horizon test, and when the windows of all of them are over."""

    people: list[Exposed]
    due_at: datetime


def registered_look(people: list[Exposed], campaign: Campaign) -> RegisteredLook | None:
    """The first `horizon` people of each variant; None before each of them has so many.

    The set and what counts for it never change afterwards, so a fixed-horizon test on it, once it
    is due, is one look, however often the report is opened.
    """
    # Of each variant, also of one that nobody has seen yet: it belongs to what was settled.
    chosen: dict[int, list[Exposed]] = {variant.pk: [] for variant in campaign.variants.all()}
    for person in sorted(people, key=lambda one: (one.at, one.profile_id)):
        group = chosen.setdefault(person.variant_id, [])
        if len(group) < (campaign.horizon or 0):
            group.append(person)
    if any(len(group) != campaign.horizon for group in chosen.values()):
        return None
    first = [person for group in chosen.values() for person in group]
    window = timedelta(hours=campaign.window_hours)
    return RegisteredLook(first, max(person.at for person in first) + window)
