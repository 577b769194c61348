"""Events of the past, which only come by import: no clock is corrected, nothing is too old."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kundenkreis.engage.consent.commands import ship_purposes
from kundenkreis.engage.consent.shipped import ORDERS
from kundenkreis.engage.profiles import resolution
from kundenkreis.engage.profiles.events import ProfileLinked
from kundenkreis.engage.profiles.identity import Sighting
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.engage.tracking.commands import create_source
from kundenkreis.engage.tracking.models import Event, SeenOrder, Source
from kundenkreis.engage.tracking.vocabulary import ORDER_COMPLETED
from kundenkreis.kernel import bulk, clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.events import publish_all

ORDER_REFUNDED = "Order Refunded"
_EVENT = (
    "source_id", "message_id", "profile_id", "type", "key", "occurred_at", "received_at",
    "value_minor", "currency", "properties", "v",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order (or, with `takes_back`, goods taken back) of a customer, as an event.

    `user` is the customer number in the shop; `value_minor` is net in minor units of `currency`.
    """

    order_id: str
    user: str
    at: datetime
    value_minor: int
    currency: str
    takes_back: bool = False
    properties: dict[str, Any] = field(default_factory=dict)


@command
def source_of_imports(*, actor: Actor, namespace: str, name: str) -> int:
    """The source imported events of a shop are said to come from; made on first use.

    Nobody is told its key, so nothing else can report through it.
    """
    rows = store.rows(Source).filter(namespace=namespace, name=name[:80])
    found = rows.values_list("pk", flat=True).first()
    if found is not None:
        return found
    ship_purposes(actor=actor)
    kind = Source.Kind.SERVER
    source, _ = create_source(
        actor=actor, name=name, kind=kind, namespace=namespace, purpose=ORDERS
    )
    return source.pk


@command
def import_orders(
    *,
    actor: Actor,
    source_id: int,
    namespace: str,
    orders: Sequence[PastOrder],
    links: Mapping[str, UUID] | None = None,
) -> tuple[int, dict[str, UUID]]:
    """Add orders of the past to the log, each once for ever, at most 1,000 in one call.

    `links` are the ids by which the crm knows some of the customers already. Returns how many
    orders were new, and the link id of every customer named.
    """
    actor.require("engage.event.record")
    if not orders:
        return 0, {}
    now = clock.now()
    profiles, new_profiles = _profiles(namespace, orders, now)
    links_now = _linked(profiles, new_profiles, links or {})
    kind = SeenOrder.Kind.ORDER
    rows = [(namespace, kind, one.order_id, one.at, now, links_now[one.user]) for one in orders]
    columns = ("namespace", "kind", "order_id", "at", "seen_at", "link_id")
    new = set(bulk.insert(SeenOrder, columns, rows, ignore=True, returning="order_id"))
    once = {one.order_id: one for one in orders if one.order_id in new}
    events = [
        (
            source_id, f"import|{one.order_id}"[:100], profiles[one.user],
            ORDER_REFUNDED if one.takes_back else ORDER_COMPLETED, one.order_id, one.at, now,
            one.value_minor, one.currency, {"order_id": one.order_id, **one.properties}, 1,
        )
        for one in once.values()
    ]  # fmt: skip
    bulk.insert(Event, _EVENT, events)
    return len(events), links_now


def _profiles(
    namespace: str, orders: Sequence[PastOrder], now: datetime
) -> tuple[dict[str, int], set[int]]:
    """The profile of each customer, and which are new; last seen at their last order, not now."""
    first: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    for one in orders:
        first[one.user] = min(first.get(one.user, one.at), one.at)
        last[one.user] = max(last.get(one.user, one.at), one.at)
    before = _last_seen(namespace, first)
    sightings = [Sighting("", user, at, proven=True) for user, at in first.items()]
    seen = resolution.resolve(namespace, sightings, now)
    profiles = {user: one.profile_id for user, one in zip(first, seen, strict=True)}
    dates = {pk: max(last[user], before.get(pk) or last[user]) for user, pk in profiles.items()}
    bulk.update(Profile, ("id", "last_seen_at"), list(dates.items()))
    return profiles, set(dates) - before.keys()


def _last_seen(namespace: str, users: Mapping[str, object]) -> dict[int, datetime | None]:
    names = store.rows(Identifier).filter(
        namespace=namespace, kind=Identifier.Kind.USER, value__in=list(users)
    )
    return dict(names.values_list("profile_id", "profile__last_seen_at"))


def _linked(
    profiles: Mapping[str, int], new: set[int], wanted: Mapping[str, UUID]
) -> dict[str, UUID]:
    """The link ids: a profile's own, else the one the crm has, else a new one.

    Nothing is published for new profiles: there is nothing they did before.
    """
    rows = store.rows(Profile).filter(pk__in=set(profiles.values()), link_id__isnull=True)
    free = set(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
    held = store.rows(Profile).filter(link_id__in=set(wanted.values()))
    taken = set(held.values_list("link_id", flat=True))
    given: dict[int, UUID] = {}
    for user, pk in profiles.items():
        link_id = wanted.get(user)
        if pk in free and link_id is not None and link_id not in taken:
            given[pk] = link_id
        elif pk in new:
            given[pk] = uuid.uuid4()
    bulk.update(Profile, ("id", "link_id"), list(given.items()))
    publish_all(ProfileLinked(pk, link_id) for pk, link_id in given.items() if pk not in new)
    links = resolution.link(profiles.values())
    return {user: links[pk] for user, pk in profiles.items()}
