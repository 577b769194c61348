"""Steps of the timeline: what a linked person did, told once and by the same key every time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from kundenkreis.engage.profiles.events import Touchpoint
from kundenkreis.engage.profiles.resolution import VISIT
from kundenkreis.engage.tracking.items import Item
from kundenkreis.engage.tracking.models import Event
from kundenkreis.engage.tracking.vocabulary import PAGE, TIMELINE

MOST_TOLD = 500  # of what happened before the crm knew somebody


def of_item(source_id: int, item: Item, link_id: UUID, *, new_visit: bool) -> Touchpoint | None:
    """The step an item is, if it is one."""
    kind = TIMELINE.get(item.name) or ("visit" if new_visit and item.name == PAGE else "")
    if not kind:
        return None
    return _touchpoint(
        kind, item.name, item.key, item.value_minor, item.currency, item.properties,
        source_id=source_id, message_id=item.message_id, at=item.at, link_id=link_id,
    )  # fmt: skip


def before(profile_ids: Iterable[int], link_id: UUID) -> list[Touchpoint]:
    """The newest steps these profiles took so far, oldest first, at most `MOST_TOLD`."""
    rows = Event.objects.filter(profile_id__in=list(profile_ids), type__in=[*TIMELINE, PAGE])
    steps, last = [], None
    for event in reversed(rows.order_by("-occurred_at", "-id")[:MOST_TOLD]):
        begins = last is None or event.occurred_at - last >= VISIT
        last = event.occurred_at
        kind = TIMELINE.get(event.type) or ("visit" if begins else "")
        if kind:
            steps.append(_of_event(kind, event, link_id))
    return steps


def _of_event(kind: str, event: Event, link_id: UUID) -> Touchpoint:
    return _touchpoint(
        kind, event.type, event.key, event.value_minor, event.currency, event.properties,
        source_id=event.source_id, message_id=event.message_id, at=event.occurred_at,
        link_id=link_id,
    )  # fmt: skip


def _touchpoint(
    kind: str,
    name: str,
    key: str,
    value_minor: int | None,
    currency: str,
    properties: str | dict[str, Any],
    *,
    source_id: int | None,
    message_id: str,
    at: datetime,
    link_id: UUID,
) -> Touchpoint:
    said = json.loads(properties) if isinstance(properties, str) else properties
    payload: dict[str, Any] = {"event": name}
    for label in ("name", "title", "path", "quantity", "campaign", "variant"):
        value = said.get(label)
        if isinstance(value, str | int | float) and value != "":
            payload[label] = value[:200] if isinstance(value, str) else value
    if value_minor is not None:
        payload |= {"value_minor": value_minor, "currency": currency}
    return Touchpoint(
        link_id=link_id,
        kind=kind,
        at=at,
        reference=key,
        payload=payload,
        key=f"event|{source_id}|{message_id}",
    )
