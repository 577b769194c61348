"""The list of items that could not be taken: for staff to see, bounded, without strangers in it.

`keep` needs a unit of work in progress.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from kundenkreis.engage.consent.models import Purpose
from kundenkreis.engage.consent.queries import Subject, allowed_ids, may_record
from kundenkreis.engage.tracking.cleaning import Unusable, identity, json_text
from kundenkreis.engage.tracking.models import Reason, RejectedItem
from kundenkreis.engage.tracking.sources import SourceView
from kundenkreis.engage.tracking.vocabulary import ORDER_EVENTS
from kundenkreis.kernel import bulk, store
from kundenkreis.kernel.sides import Side

LONGEST = 2_000  # characters of an item
PER_HOUR = 1_000  # per source
MOST = 10_000


def keep(source: SourceView, rejected: Sequence[tuple[Any, Reason]], at: datetime) -> None:
    """Keep what was rejected; of people who did not agree only that there was something."""
    lately = store.rows(RejectedItem).filter(source_id=source.id, at__gt=at - timedelta(hours=1))
    room = PER_HOUR - lately.count()
    rejected = rejected[: max(room, 0)]
    known = _known(source, {subject for raw, _ in rejected for subject in _subjects(source, raw)})
    bulk.insert(
        RejectedItem,
        ("source_id", "at", "reason", "item"),
        [
            (source.id, at, reason.value, _shortened(raw) if _shown(source, raw, known) else "{}")
            for raw, reason in rejected
        ],
    )


def over(side: Side, before: datetime) -> QuerySet[RejectedItem]:
    """What is too old, and more than `MOST` rows."""
    rows = store.stored(side, RejectedItem)
    last = rows.order_by("-pk").values_list("pk", flat=True)[MOST : MOST + 1].first()
    return rows.filter(Q(at__lt=before) | Q(pk__lte=last or 0)).order_by("pk")


def _known(source: SourceView, subjects: set[Subject]) -> set[Subject]:
    if source.needs_consent:
        return may_record(subjects, purpose=source.purpose, basis=Purpose.Basis.CONSENT)
    if source.basis == Purpose.Basis.CONTRACT:
        return allowed_ids(subjects)
    return may_record(subjects, purpose=source.purpose, basis=source.basis)


def _shown(source: SourceView, raw: Any, known: set[Subject]) -> bool:
    subjects = set(_subjects(source, raw))
    if source.trusted and (not subjects or raw.get("event") in ORDER_EVENTS):
        return True
    return bool(subjects) and subjects <= known


def _subjects(source: SourceView, raw: Any) -> list[Subject]:
    """Whom an item names; one that is not even an object names nobody we could ask for."""
    found = []
    if isinstance(raw, dict):
        for kind, name in (("anonymous", "anonymousId"), ("user", "userId")):
            try:
                value = identity(raw.get(name))
            except Unusable:
                value = ""
            if value:
                found.append((source.namespace, kind, value))
    return found


def _shortened(raw: Any) -> str:
    """The item as JSON text, or as much of it as fits."""
    try:
        text = json_text(raw)
        if len(text) <= LONGEST and isinstance(raw, dict):
            return text
    except Unusable:
        pass
    try:
        text = json.dumps(raw, default=str)
    except (RecursionError, ValueError):
        text = ""
    return json.dumps({"beginning": text[:LONGEST]})
