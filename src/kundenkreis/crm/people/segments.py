"""The segments of marketing that people are in: what crossed, and reading it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from kundenkreis.crm.people.links import links_of
from kundenkreis.crm.people.models import (
    FormerLink,
    MarketingMembership,
    MarketingSegment,
    Person,
)
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command

MOST = 50  # segments of one page

Names = Mapping[int, dict[str, str]]  # what segments are called, by their number
Since = Mapping[int, datetime]  # the segments somebody is in, and since when


@dataclass(frozen=True, slots=True)
class Inside:
    """A segment with people in it: since when one is, and of an organisation how many are."""

    segment: MarketingSegment
    since: datetime
    people: int


@command
def project_memberships(*, actor: Actor, names: Names, states: Mapping[UUID, Since]) -> int:
    """Take over in which segments people are, whole states by link id; returns how many rows are
    new or gone."""
    actor.require("crm.person.change")
    _call(names)
    rows = store.rows(MarketingMembership).filter(link_id__in=states)
    wanted = {
        (link, segment): since
        for link, segments in states.items()
        for segment, since in segments.items()
        if segment in names
    }
    outdated = []
    for row in rows.select_for_update():
        if wanted.get((row.link_id, row.segment_id)) == row.since:
            del wanted[row.link_id, row.segment_id]
        else:
            outdated.append(row.pk)
    store.discard(store.rows(MarketingMembership).filter(pk__in=outdated))
    fresh = [
        MarketingMembership(link_id=link, segment_id=segment, since=since)
        for (link, segment), since in wanted.items()
    ]
    store.append(MarketingMembership, fresh)
    return len(fresh) + len(outdated)


@command
def rename_segments(*, actor: Actor, names: Names) -> None:
    """Call segments as marketing does; of those nobody here is in nothing is kept."""
    actor.require("crm.person.change")
    known = store.rows(MarketingSegment).filter(pk__in=names).values_list("pk", flat=True)
    _call({pk: names[pk] for pk in known})


def _call(names: Names) -> None:
    rows = store.rows(MarketingSegment).filter(pk__in=names)
    known = dict(rows.values_list("pk", "name"))
    for pk in known:
        if known[pk] != names[pk]:
            store.replace(store.rows(MarketingSegment).filter(pk=pk), name=names[pk])
    new = [MarketingSegment(id=pk, name=name) for pk, name in names.items() if pk not in known]
    store.append(MarketingSegment, new)


def segments_of(people: Sequence[Person]) -> list[Inside]:
    """The segments these people are in, those with most of them first; in two questions.

    The people must be such as the viewer may read.
    """
    owners = {link: pks[-1] for link, pks in links_of(people).items()}
    rows = MarketingMembership.objects.filter(link_id__in=owners).select_related("segment")
    inside: dict[int, dict[int, MarketingMembership]] = {}
    for row in rows.order_by("since", "pk"):
        inside.setdefault(row.segment_id, {}).setdefault(owners[row.link_id], row)
    found = [_inside(list(members.values())) for members in inside.values()]
    return sorted(found, key=lambda one: (-one.people, str(one.segment).casefold()))[:MOST]


def _inside(rows: list[MarketingMembership]) -> Inside:
    return Inside(rows[0].segment, rows[0].since, len(rows))


def inside_any(segment_ids: Iterable[int]) -> Q:
    """The persons who are in one of these segments; true or false of every person."""
    rows = MarketingMembership.objects.filter(segment__in=list(segment_ids))
    own = rows.filter(link_id=OuterRef("link_id"))
    former = FormerLink.objects.filter(person=OuterRef("pk")).filter(Exists(own))
    return Q(Exists(own)) | Q(Exists(former))


def known_segments() -> QuerySet[MarketingSegment]:
    """The segments that anybody here is in."""
    inside = MarketingMembership.objects.filter(segment=OuterRef("pk"))
    return MarketingSegment.objects.filter(Exists(inside)).order_by("pk")
