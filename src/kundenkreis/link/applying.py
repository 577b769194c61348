"""Applying: each waiting message has its effect once, in order per key, or waits for another try.

A slice of messages is one transaction: the effects and the messages' new state are committed
together, so that a process killed anywhere has either done both or neither. Messages of one kind
are applied set-based in a savepoint; when that fails, one by one, so that a bad one harms nobody.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock, held, store
from kundenkreis.kernel.events import decode
from kundenkreis.kernel.sides import Side
from kundenkreis.link.models import InboxMessage
from kundenkreis.link.receiving import hold
from kundenkreis.link.routes import ROUTES

ATTEMPTS = 10
LONGEST_PAUSE = timedelta(hours=1)
# How long a message may wait for what it speaks of, e.g. a cancellation for its order.
PATIENCE = timedelta(days=7)
# How long a slice may keep the side's write lock, in seconds; the collector writes to engage.
GOAL = {Side.CRM: 0.2, Side.ENGAGE: 0.04}
SMALLEST, LARGEST = 10, 400

State = InboxMessage.State
log = logging.getLogger(__name__)
_size = dict.fromkeys(Side, 50)


def apply_due(target: Side) -> int:
    """Apply one slice of due messages; returns how many were tried."""
    if not due(target, store.stored(target, InboxMessage)).exists() or held.anywhere():
        return 0
    started = time.monotonic()
    with store.group(target, "link.apply"):
        hold(target)
        messages = list(due(target, store.rows(InboxMessage))[: _size[target]])
        outcome = _Outcome()
        for name, group in grouped(messages):
            _apply(target, name, group, outcome)
        _write_down(outcome)
    _pace(target, len(messages), time.monotonic() - started)
    return len(messages)


def due(target: Side, rows: QuerySet[InboxMessage]) -> QuerySet[InboxMessage]:
    """Waiting messages whose time has come and whose key is not held up, oldest first."""
    now = clock.now()
    stuck = Q(state=State.DEAD) | Q(state=State.WAITING, due_at__gt=now)
    earlier = store.stored(target, InboxMessage).filter(
        stuck,
        key=OuterRef("key"),
        id__lt=OuterRef("id"),
        aside=False,
        applied_at__isnull=True,  # as the index says it; SQLite recognises no list of states
    )
    free = Q(key="") | Q(aside=True) | ~Exists(earlier)
    return rows.filter(free, state=State.WAITING, due_at__lte=now).order_by("id")


def grouped(messages: Iterable[InboxMessage]) -> list[tuple[str, list[InboxMessage]]]:
    """Messages of one kind together, as far as the order within every key allows."""
    groups: list[tuple[str, list[InboxMessage]]] = []
    reached: dict[str, int] = {}
    for message in messages:
        first = reached.get(message.key, 0) if message.key and not message.aside else 0
        fitting = (i for i in range(first, len(groups)) if groups[i][0] == message.name)
        place = next(fitting, None)
        if place is None:
            place = len(groups)
            groups.append((message.name, []))
        groups[place][1].append(message)
        if message.key and not message.aside:
            reached[message.key] = place
    return groups


@dataclass(slots=True)
class _Outcome:
    """What became of a slice's messages."""

    applied: list[InboxMessage] = field(default_factory=list)
    early: list[InboxMessage] = field(default_factory=list)
    failed: dict[str, list[tuple[InboxMessage, str]]] = field(default_factory=dict)

    def holds_up(self, message: InboxMessage) -> bool:
        return bool(message.key) and not message.aside and message.key in self.failed


def _apply(target: Side, name: str, group: list[InboxMessage], outcome: _Outcome) -> None:
    group = [message for message in group if not outcome.holds_up(message)]
    try:
        early = _effect(target, name, group)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is kept on its message
        if len(group) > 1:
            for message in group:
                _apply(target, name, [message], outcome)
            return
        log.warning("message %s (%s) failed: %r", group[0].uuid, name, error)
        text = f"{type(error).__name__}: {error}"[:2000]
        outcome.failed.setdefault(group[0].key, []).append((group[0], text))
        return
    for message in group:
        (outcome.early if message in early else outcome.applied).append(message)


def _effect(target: Side, name: str, group: Sequence[InboxMessage]) -> list[InboxMessage]:
    """Have the other side's commands do it, all or nothing; returns what came too early."""
    if not group:
        return []
    route = ROUTES.get(name)
    if route is None:
        raise LookupError(_("Nothing here knows messages of the kind “%s”.") % name)
    with store.group(target):
        early = route([decode(name, message.payload) for message in group])
    return [group[position] for position in early]


def _write_down(outcome: _Outcome) -> None:
    now = clock.now()
    done = [message.pk for message in outcome.applied]
    rows = store.rows(InboxMessage)
    store.replace(rows.filter(pk__in=done), state=State.APPLIED, applied_at=now, error="")
    for message in outcome.early:
        text = _("What it speaks of has not arrived yet.")
        _try_again(message, text, last=message.received_at + PATIENCE <= now, aside=True)
    for message, text in (pair for pairs in outcome.failed.values() for pair in pairs):
        _try_again(message, text, last=message.attempts + 1 >= ATTEMPTS, aside=message.aside)
    # What waited aside for something of the same person may have its turn now.
    keys = {message.key for message in outcome.applied if message.key}
    store.replace(rows.filter(key__in=keys, aside=True, state=State.WAITING), due_at=now)


def _try_again(message: InboxMessage, text: str, *, last: bool, aside: bool) -> None:
    attempts = min(message.attempts + 1, 1000)
    store.replace(
        store.rows(InboxMessage).filter(pk=message.pk),
        state=State.DEAD if last else State.WAITING,
        attempts=attempts,
        due_at=_next_try(attempts),
        aside=aside,
        error=text,
    )


def _next_try(attempts: int) -> datetime:
    """2, 4, 8 … seconds later, at most an hour."""
    return clock.now() + min(timedelta(seconds=2 ** min(attempts, 12)), LONGEST_PAUSE)


def _pace(target: Side, count: int, seconds: float) -> None:
    """Keep slices so small that nobody waits long for the write lock."""
    if seconds > GOAL[target]:
        _size[target] = max(SMALLEST, _size[target] // 2)
    elif count == _size[target] and seconds < GOAL[target] / 2:
        _size[target] = min(LARGEST, _size[target] * 2)
