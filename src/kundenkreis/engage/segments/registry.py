"""The active segments, ready to evaluate, with an index of what concerns whom."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from django.db.models import TextField
from django.db.models.functions import Cast

from kundenkreis.engage.segments.definitions import tree_of
from kundenkreis.engage.segments.models import Recheck, Segment
from kundenkreis.engage.segments.needs import Needs, needs_of
from kundenkreis.kernel.conditions import ConditionError, Node

MOST_SEGMENTS = 2000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """An active segment: its tree and what it depends on."""

    id: int
    tree: Node
    needs: Needs


@dataclass(frozen=True, slots=True)
class Registry:
    """The active segments in an order in which each comes after those it refers to.

    Segments that depend on the whole population are only in `everything`: single events do not
    touch them.
    """

    everything: Mapping[int, Kept] = field(default_factory=dict)
    order: tuple[int, ...] = ()
    by_event: Mapping[str, frozenset[int]] = field(default_factory=dict)
    by_cause: Mapping[str, frozenset[int]] = field(default_factory=dict)
    dependents: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def with_dependents(self, ids: Iterable[int]) -> frozenset[int]:
        """These and all that refer to them, directly or not."""
        found, new = set(), set(ids)
        while new:
            found |= new
            new = {d for one in new for d in self.dependents.get(one, ())} - found
        return frozenset(found)


@lru_cache(maxsize=MOST_SEGMENTS)
def _read(definition: str) -> tuple[Node, Needs]:
    tree = tree_of(json.loads(definition))
    return tree, needs_of(tree)


def kept(segment: Segment) -> Kept:
    """One segment, ready to evaluate."""
    tree = tree_of(segment.definition)
    return Kept(segment.pk, tree, needs_of(tree))


def registry() -> Registry:
    """The active segments as they are stored now: one query; trees are read once per text."""
    rows = Segment.objects.filter(state=Segment.State.ACTIVE).order_by("id")
    texts = rows.values_list("pk", Cast("definition", TextField()))[:MOST_SEGMENTS]
    return indexed(_readable(texts))


def _readable(texts: Iterable[tuple[int, str]]) -> Iterator[Kept]:
    """The segments whose definition can be read; one that cannot must not stop the others."""
    for pk, text in texts:
        try:
            yield Kept(pk, *_read(text))
        except ConditionError as error:
            log.error("segment %s is not kept: %s", pk, error)


def references(segment: Segment) -> frozenset[int]:
    """The segments its definition refers to; none if it cannot be read."""
    try:
        return kept(segment).needs.segments
    except ConditionError:
        return frozenset()


def indexed(segments: Iterable[Kept]) -> Registry:
    """The index over some segments."""
    everything = {one.id: one for one in segments}
    followed = {pk: one for pk, one in everything.items() if not one.needs.population}
    by_event: dict[str, set[int]] = {}
    dependents: dict[int, set[int]] = {}
    for pk, one in followed.items():
        for event in one.needs.events:
            by_event.setdefault(event, set()).add(pk)
        for other in one.needs.segments:
            dependents.setdefault(other, set()).add(pk)
    causes = {
        Recheck.Cause.PROFILE: (pk for pk, one in followed.items() if one.needs.profile),
        Recheck.Cause.CONSENT: (pk for pk, one in followed.items() if one.needs.consents),
        Recheck.Cause.ALL: iter(followed),
    }
    return Registry(
        everything,
        _ordered(everything),
        {name: frozenset(ids) for name, ids in by_event.items()},
        {str(cause): frozenset(ids) for cause, ids in causes.items()},
        {pk: frozenset(ids) for pk, ids in dependents.items()},
    )


def _ordered(segments: Mapping[int, Kept]) -> tuple[int, ...]:
    graph = {pk: one.needs.segments & segments.keys() for pk, one in segments.items()}
    return tuple(TopologicalSorter(graph).static_order())


def circle(graph: Mapping[int, frozenset[int]]) -> list[int]:
    """The ids of a circle of references, empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []
