"""Receivers and their messages, for those who look after them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from kundenkreis.crm.webhooks.models import Message, Webhook
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Level, Viewer, visible
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.records.declaration import RecordType
from kundenkreis.records.registry import TYPES

RIGHT = "crm.webhook.change"
MOST = 100  # as many as there may be


def webhooks(viewer: Viewer, limit: int = 100) -> list[Webhook]:
    """All receivers by name, each with how many messages wait and were given up."""
    viewer.require(RIGHT)
    waiting = Count("messages", Q(messages__state=Message.State.WAITING))
    dead = Count("messages", Q(messages__state=Message.State.DEAD))
    return list(Webhook.objects.annotate(waiting=waiting, dead=dead).order_by("name", "id")[:limit])


def webhook(viewer: Viewer, pk: int) -> Webhook:
    """One receiver. Raises `NotAllowed`, `NotFound`."""
    viewer.require(RIGHT)
    found = Webhook.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def of_owner(viewer: Viewer, user_id: int) -> list[Webhook]:
    """What somebody answers for, for those who look after webhooks; for others nothing."""
    if not viewer.may(RIGHT):
        return []
    return list(Webhook.objects.filter(owner_id=user_id).order_by("name", "id")[:MOST])


def messages(
    viewer: Viewer, hook: Webhook, state: str = "", before: int | None = None, limit: int = 50
) -> list[Message]:
    """What a receiver was or will be told, latest first."""
    viewer.require(RIGHT)
    rows = Message.objects.filter(webhook=hook)
    if state in Message.State.values:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:limit])


def active() -> list[Webhook]:
    """Those who are told something; for the product itself."""
    return list(Webhook.objects.filter(stopped="").order_by("id")[:1_000])


def due(now: datetime) -> QuerySet[Message]:
    """Messages that may go out now: first of their record, and their receiver is not resting."""
    rests = Q(webhook__rests_until__isnull=True) | Q(webhook__rests_until__lte=now)
    earlier = Message.objects.filter(
        webhook=OuterRef("webhook"), target=OuterRef("target"), id__lt=OuterRef("id"),
        state=Message.State.WAITING,
    )  # fmt: skip
    waiting = Message.objects.filter(rests, state=Message.State.WAITING, due_at__lte=now)
    return waiting.filter(Q(target="") | ~Exists(earlier), webhook__stopped="")


def due_of(hook_id: int, now: datetime, limit: int = 20) -> list[Message]:
    """The next ones of a receiver, in the order in which they happened."""
    return list(due(now).filter(webhook=hook_id).order_by("id")[:limit])


def waits(now: datetime) -> list[int]:
    """The receivers for whom something may go out now."""
    return list(due(now).order_by().values_list("webhook", flat=True).distinct()[:1_000])


def kind_of(target: str) -> tuple[RecordType, int] | None:
    """The type and number of `crm.person:17`; None for what is no record."""
    place, _colon, row = target.partition(":")
    side, _dot, name = place.partition(".")
    kind = TYPES.get(name)
    return None if kind is None or str(kind.side) != side or not row.isdigit() else (kind, int(row))


def readable(viewer: Viewer, kind: RecordType, pk: int) -> Any | None:
    """A record that the viewer may read now."""
    return kind.rows(viewer).filter(pk=pk).first()


def was_readable(viewer: Viewer, kind: RecordType, pk: int) -> bool:
    """Whether the viewer could read a record that is deleted; of one that is not even in the bin
    only those know who may read all."""
    images = store.stored(kind.side, RemovedRow).filter(table=kind.model._meta.label_lower, row=pk)
    if not images.exists():
        return viewer.level(kind.right("read")) is Level.ALL and kind.removed is None
    rows = visible(viewer, images, kind.right("read"))
    rows = rows if kind.removed is None else kind.removed(viewer, rows)
    return rows.exists()


def waiting() -> QuerySet[Message]:
    """All that receivers were not told yet; for the product itself."""
    return Message.objects.filter(state=Message.State.WAITING)


def over(now: datetime) -> QuerySet[Message]:
    """Messages that were tried for long enough, or whose receiver is stopped for so long."""
    return Message.objects.filter(state=Message.State.WAITING, until__lte=now).order_by(F("id"))
