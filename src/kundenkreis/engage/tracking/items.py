"""One call of the Segment specification, checked and reduced to what we keep of it."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kundenkreis.engage.profiles.identity import Sighting
from kundenkreis.engage.tracking import vocabulary
from kundenkreis.engage.tracking.cleaning import (
    Unusable,
    amount,
    identity,
    instant,
    json_text,
    line,
)
from kundenkreis.engage.tracking.models import Reason
from kundenkreis.engage.tracking.orders import (
    OrderFacts,
    currency_of,
    minor_units,
    order_facts,
)
from kundenkreis.engage.tracking.sources import SourceView, is_signed
from kundenkreis.kernel.money import CURRENCY

CALLS = frozenset({"identify", "track", "page", "screen", "group", "alias"})
KEPT = timedelta(days=7)
# Within this a clock counts as right; correcting by a fraction of a second would only add noise.
_RIGHT = timedelta(seconds=3)


class Rejected(Exception):
    """The item cannot be taken; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Item:
    """A checked call. `name` is the event's, empty for calls that only say who somebody is.

    `order_id` is set for events that count once per order for ever; `order` only if they create
    one. `properties` is JSON text.
    """

    call: str
    message_id: str
    who: Sighting
    name: str = ""
    key: str = ""
    order_id: str = ""
    value_minor: int | None = None
    currency: str = ""
    properties: str = "{}"
    traits: dict[str, Any] | None = None
    order: OrderFacts | None = None

    @property
    def at(self) -> datetime:
        return self.who.at


def clock_shift(sent_at: Any, received_at: datetime) -> timedelta:
    """How much the sender's clock is behind ours; zero if it says nothing or is right."""
    try:
        sent = instant(sent_at)
    except Unusable:
        return timedelta()
    if sent is None:
        return timedelta()
    shift = received_at - sent
    return timedelta() if abs(shift) <= _RIGHT else shift


def check(raw: Any, source: SourceView, received_at: datetime, shift: timedelta) -> Item:
    """Check one call. Raises `Rejected`."""
    if not isinstance(raw, dict):
        raise Rejected(Reason.NOT_AN_OBJECT)
    call = raw.get("type")
    if not isinstance(call, str) or call not in CALLS:
        raise Rejected(Reason.UNKNOWN_TYPE)
    try:
        said_at = raw.get("timestamp")
        occurred = instant(raw.get("originalTimestamp") if said_at is None else said_at)
        if occurred is not None:
            occurred = min(occurred + shift, received_at)
    except (Unusable, OverflowError):
        raise Rejected(Reason.BAD_TIMESTAMP) from None
    who = _who(raw, call, source, occurred or received_at)
    item = Item(call, _message_id(raw, occurred), who)
    try:
        _CHECKS[call](item, raw, source)
    except Unusable as error:
        raise Rejected(Reason.TOO_LARGE if error.too_large else Reason.BAD_TEXT) from None
    # Orders count once for ever, so they may come late; everything else only within a week.
    if item.at < received_at - KEPT and not (item.order_id and source.trusted):
        raise Rejected(Reason.TOO_OLD)
    return item


def _who(raw: Mapping[str, Any], call: str, source: SourceView, at: datetime) -> Sighting:
    try:
        anonymous = identity(raw.get("previousId" if call == "alias" else "anonymousId"))
        user = identity(raw.get("userId"))
    except Unusable:
        raise Rejected(Reason.BAD_IDENTITY) from None
    if not anonymous and (not user or not source.trusted):
        raise Rejected(Reason.NO_IDENTITY)
    proven = bool(user) and (source.trusted or _is_proven(raw, source, user))
    return Sighting(anonymous, user, at, proven)


def _is_proven(raw: Mapping[str, Any], source: SourceView, user: str) -> bool:
    """The token stands in the call, its context, or where the SDKs let one put it."""
    places = [raw, raw.get("context"), raw.get("integrations")]
    if isinstance(places[2], dict):
        places.append(places[2].get("Kundenkreis"))
    for place in places:
        token = place.get("token") if isinstance(place, dict) else None
        if isinstance(token, str) and is_signed(source, user, token):
            return True
    return False


def _message_id(raw: Mapping[str, Any], occurred: datetime | None) -> str:
    given = raw.get("messageId")
    if isinstance(given, str | int) and not isinstance(given, bool) and str(given).strip():
        try:
            text = line(str(given).strip())
        except Unusable:
            raise Rejected(Reason.BAD_TEXT) from None
        return text if len(text) <= 100 else _digest(text)
    if occurred is None:
        return str(uuid.uuid4())
    # Without an id a repeat is known by its content, which has an instant of its own.
    content = {name: value for name, value in raw.items() if name != "sentAt"}
    return _digest(json.dumps(content, sort_keys=True, default=str))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _object(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = raw.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Rejected(Reason.BAD_PROPERTIES)
    return value


def _track(item: Item, raw: Mapping[str, Any], source: SourceView) -> None:
    name = raw.get("event")
    if not isinstance(name, str) or not 0 < len(name := line(name).strip()) <= 80:
        raise Rejected(Reason.NO_NAME)
    properties = _object(raw, "properties")
    item.name = name
    if name in vocabulary.ORDER_EVENTS:
        _order(item, properties, source)
    else:
        if name in vocabulary.CART_EVENTS:
            item.key = _key(properties.get("cart_id"))
        _value(item, properties)
    item.properties = json_text(_with_campaign(properties, raw))


def _order(item: Item, properties: dict[str, Any], source: SourceView) -> None:
    item.key = order_id = _key(properties.get("order_id"))
    counted = item.name in (vocabulary.ORDER_COMPLETED, vocabulary.ORDER_CANCELLED)
    if counted:
        item.order_id = order_id
    if source.trusted and counted and not order_id:
        raise Rejected(Reason.NO_ORDER_ID)
    if source.trusted and item.name == vocabulary.ORDER_COMPLETED:
        try:
            item.order = order_facts(properties, item.who.user)
        except Unusable:
            raise Rejected(Reason.BAD_AMOUNT) from None
        item.value_minor, item.currency = item.order.net_minor, item.order.currency
    elif source.trusted:
        _value(item, properties)
    # Who the customer is belongs to the crm, not into the event log at the public edge.
    for name in ("customer", "email"):
        properties.pop(name, None)


def _value(item: Item, properties: Mapping[str, Any]) -> None:
    """The event's worth in minor units: revenue, total or value, else quantity × price."""
    try:
        found = None
        for name in ("revenue", "total", "value"):
            found = amount(properties.get(name))
            if found is not None:
                break
        else:
            price, quantity = amount(properties.get("price")), amount(properties.get("quantity"))
            if price is not None:
                found = price * (1 if quantity is None else quantity)
        currency = currency_of(properties) or CURRENCY
        minor = None if found is None else minor_units(found, currency)
    except Unusable:
        return  # the event stays; it only has no worth
    if minor is not None:
        item.value_minor, item.currency = minor, currency


def _page(item: Item, raw: Mapping[str, Any], source: SourceView) -> None:
    item.name = vocabulary.PAGE if item.call == "page" else vocabulary.SCREEN
    properties = {**_page_of_context(raw), **_object(raw, "properties")}
    for name in ("name", "category"):
        if isinstance(raw.get(name), str):
            properties.setdefault(name, raw[name])
    item.properties = json_text(_with_campaign(properties, raw))


def _page_of_context(raw: Mapping[str, Any]) -> dict[str, Any]:
    page = _object(raw, "context").get("page")
    page = page if isinstance(page, dict) else {}
    return {name: page[name] for name in ("url", "path", "title", "referrer") if name in page}


def _with_campaign(properties: dict[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    campaign = _object(raw, "context").get("campaign")
    if isinstance(campaign, dict) and campaign and "campaign" not in properties:
        return {**properties, "campaign": campaign}
    return properties


def _identify(item: Item, raw: Mapping[str, Any], source: SourceView) -> None:
    item.traits = _traits(_object(raw, "traits"))


def _group(item: Item, raw: Mapping[str, Any], source: SourceView) -> None:
    """Belonging to a group is said as traits: its id, and what is known about it."""
    group = identity(raw.get("groupId"))
    traits = _traits(_object(raw, "traits"))
    item.traits = {f"group_{name}": value for name, value in traits.items()}
    if group:
        item.traits["group_id"] = group


def _alias(item: Item, raw: Mapping[str, Any], source: SourceView) -> None:
    """That an earlier (cookie) id is this customer; the sighting says so already."""


def _traits(said: dict[str, Any]) -> dict[str, Any]:
    text = json_text(
        {vocabulary.TRAITS.get(name, name)[:80]: value for name, value in said.items()}
    )
    clean: dict[str, Any] = json.loads(text)
    return clean


def _key(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = line(str(value)).strip()
    return text if len(text) <= 120 else ""


_CHECKS = {
    "track": _track,
    "page": _page,
    "screen": _page,
    "identify": _identify,
    "group": _group,
    "alias": _alias,
}
