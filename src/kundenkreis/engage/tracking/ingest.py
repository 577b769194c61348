"""Taking a batch of checked items into the log: a few statements per table, however many items.

All functions need a unit of work in progress. Each item has an outcome of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kundenkreis.engage.consent.models import Purpose
from kundenkreis.engage.consent.queries import Subject, allowed_ids, may_record
from kundenkreis.engage.profiles import resolution
from kundenkreis.engage.profiles.identity import Sighting
from kundenkreis.engage.profiles.resolution import Seen
from kundenkreis.engage.profiles.traits import Traits
from kundenkreis.engage.tracking import counting, order_log, touchpoints
from kundenkreis.engage.tracking.items import Item
from kundenkreis.engage.tracking.models import DailyCount, Event, SeenMessage
from kundenkreis.engage.tracking.sources import SourceView
from kundenkreis.engage.tracking.vocabulary import ORDER_EVENTS
from kundenkreis.kernel import bulk, tombstones
from kundenkreis.kernel.events import publish_all
from kundenkreis.kernel.sides import Side

_EVENT = (
    "source_id", "message_id", "profile_id", "type", "key", "occurred_at", "received_at",
    "value_minor", "currency", "properties", "v",
)  # fmt: skip


class Fate(StrEnum):
    """What became of an item that was in order."""

    STORED = "stored"
    REPEATED = "repeated"
    DISCARDED = "discarded"


def take(source: SourceView, items: Sequence[Item], received_at: datetime) -> list[Fate]:
    """Store what may be stored and is new; says for each item what became of it."""
    allowed = _not_erased(source, _permitted(source, items))
    in_order = sorted(allowed, key=lambda item: (item.at, item.message_id))
    new = _first_seen(source, in_order, received_at)
    stored = {id(item) for item in new}
    if new:
        _store(source, new, received_at)
    permitted = {id(item) for item in allowed}
    discarded = len(items) - len(permitted)
    if discarded:
        counting.add(source.id, DailyCount.Kind.DISCARDED, discarded, received_at)
    return [
        Fate.STORED if id(item) in stored
        else Fate.REPEATED if id(item) in permitted
        else Fate.DISCARDED
        for item in items
    ]  # fmt: skip


def _permitted(source: SourceView, items: Sequence[Item]) -> list[Item]:
    """The items that may be recorded at all; what may not be known of the others is forgotten."""
    subjects = {subject for item in items for subject in _names(source, item)}
    basis = Purpose.Basis.CONSENT if source.needs_consent else source.basis
    if basis == Purpose.Basis.CONTRACT:
        return _under_contract(source, items, allowed_ids(subjects))
    may = may_record(subjects, purpose=source.purpose, basis=basis)
    if source.trusted and basis == Purpose.Basis.CONSENT:
        return [item for item in items if _names(source, item) & may]
    # A browser's own id decides; of the others nobody may have objected.
    return [item for item in items if _deciding(source, item) <= may]


def _not_erased(source: SourceView, items: list[Item]) -> list[Item]:
    """Without what people did who have been erased since: it comes too late, and is forgotten."""
    names = {"|".join(subject) for item in items for subject in _names(source, item)}
    buried = tombstones.buried(Side.ENGAGE, names)
    if not buried:
        return items
    return [
        item
        for item in items
        if all(
            buried.get("|".join(subject), item.at) <= item.at for subject in _names(source, item)
        )
    ]


def _under_contract(source: SourceView, items: Sequence[Item], known: set[Subject]) -> list[Item]:
    """Orders and master data without consent; behaviour, and a visitor's id, only with it."""
    permitted = []
    for item in items:
        agreed = bool(_names(source, item) & known)
        if (
            agreed
            or item.name in ORDER_EVENTS
            or (item.call in ("identify", "group") and item.who.user)
        ):
            if item.who.anonymous and _visitor(source, item) not in known:
                item.who = Sighting("", item.who.user, item.at, item.who.proven)
            permitted.append(item)
    return permitted


def _names(source: SourceView, item: Item) -> set[Subject]:
    named = (_visitor(source, item), (source.namespace, "user", item.who.user))
    return {subject for subject in named if subject[2]}


def _visitor(source: SourceView, item: Item) -> Subject:
    return (source.namespace, "anonymous", item.who.anonymous)


def _deciding(source: SourceView, item: Item) -> set[Subject]:
    return _names(source, item) if source.trusted else {_visitor(source, item)}


def _first_seen(source: SourceView, items: list[Item], received_at: datetime) -> list[Item]:
    """The items that were not taken before, each once."""
    by_order = [item for item in items if item.order_id]
    by_message = {item.message_id: item for item in reversed(items) if not item.order_id}
    # In one order everywhere, so that two writers do not wait for each other.
    rows = [(source.id, key, by_message[key].at) for key in sorted(by_message)]
    columns = ("source_id", "message_id", "at")
    fresh = bulk.insert(SeenMessage, columns, rows, ignore=True, returning="message_id")
    new = {id(by_message[message_id]) for message_id in fresh}
    new |= order_log.first_seen(source, by_order, received_at)
    return [item for item in items if id(item) in new]


def _store(source: SourceView, items: list[Item], received_at: datetime) -> None:
    orders = order_log.begin(source, items)
    seen = _seen(source, items, orders.profile_of, received_at)
    _remember(items, seen)
    buyers = {one.profile_id for item, one in zip(items, seen, strict=True) if item.order}
    links = {one.profile_id: one.link_id for one in seen if one.link_id is not None}
    links |= resolution.link(buyers) if buyers else {}
    events = [(item, one) for item, one in zip(items, seen, strict=True) if item.name]
    bulk.insert(Event, _EVENT, [_row(source, *pair, received_at) for pair in events])
    if links:
        _tell(source, events, links)
        orders.finish(source, [(item, one.profile_id) for item, one in events], links)
    visits = {one.profile_id for one in seen if one.new_visit}
    if visits and not source.trusted:
        counting.add(source.id, DailyCount.Kind.VISITS_SEEN, len(visits), received_at)


def _seen(
    source: SourceView,
    items: list[Item],
    profile_of: Callable[[Item], Seen | None],
    received_at: datetime,
) -> list[Seen]:
    preset = {id(item): found for item in items if (found := profile_of(item)) is not None}
    others = [item for item in items if id(item) not in preset]
    resolved = resolution.resolve(source.namespace, [item.who for item in others], received_at)
    preset |= {id(item): seen for item, seen in zip(others, resolved, strict=True)}
    return [preset[id(item)] for item in items]


def _remember(items: list[Item], seen: list[Seen]) -> None:
    said: dict[int, Traits] = {}
    for item, one in zip(items, seen, strict=True):
        if item.traits:
            said.setdefault(one.profile_id, Traits()).say(item.traits, item.at)
    if said:
        resolution.remember(said)


def _row(source: SourceView, item: Item, seen: Seen, received_at: datetime) -> tuple[object, ...]:
    return (
        source.id, item.message_id, seen.profile_id, item.name, item.key, item.at, received_at,
        item.value_minor, item.currency, item.properties, 1,
    )  # fmt: skip


def _tell(source: SourceView, events: list[tuple[Item, Seen]], links: dict[int, UUID]) -> None:
    first: Counter[int] = Counter()
    steps = []
    for item, seen in events:
        link_id = links.get(seen.profile_id)
        if link_id is None:
            continue
        first[seen.profile_id] += 1
        visit = seen.new_visit and first[seen.profile_id] == 1
        step = touchpoints.of_item(source.id, item, link_id, new_visit=visit)
        if step is not None:
            steps.append(step)
    publish_all(steps)
