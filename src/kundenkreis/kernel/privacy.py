"""Every column says why it is kept: purpose, legal basis, retention, and the way to the person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Use:
    """Why a column exists.

    `purpose` in plain words; `basis` a paragraph of GDPR Art. 6(1) or `none` when no person can be
    named by it; `keep` how long (`record` = as long as its record; else e.g. `10y`, `7d`);
    `person` the path of relations to the person concerned, empty when there is none.
    """

    purpose: str
    basis: str
    keep: str = "record"
    person: str = ""


Map = Mapping[str, Mapping[str, Use]]


def promised_days(privacy: Map) -> dict[str, timedelta]:
    """How long rows are kept, for each model whose columns promise a number of days (`7d`).

    This is what the jobs that forget go by. Raises `ValueError` for two promises in one model.
    """
    found: dict[str, timedelta] = {}
    for model, uses in privacy.items():
        promises = {use.keep for use in uses.values() if re.fullmatch(r"\d+d", use.keep)}
        if len(promises) > 1:
            raise ValueError(f"{model} promises {' and '.join(sorted(promises))}")
        for keep in promises:
            found[model] = timedelta(days=int(keep[:-1]))
    return found


TECHNICAL = Use("operation of the system", "none")

RECORD: Mapping[str, Use] = {
    "id": TECHNICAL,
    "owner_id": Use("responsibility among staff", "6(1)(f)"),
    "team_id": Use("responsibility among staff", "6(1)(f)"),
    "version": TECHNICAL,
    "custom": Use("fields the company defines itself", "6(1)(b)"),
    "created_at": TECHNICAL,
    "changed_at": TECHNICAL,
}

_AUDIT = Use("accountability, GDPR Art. 5(2)", "6(1)(c)", "10y", "target")

PRIVACY: Map = {
    "AuditEntry": dict.fromkeys(("id", "tx", "at", "actor", "via", "command", "action", "target", "batch", "digest"), _AUDIT),
    "AuditChange": dict.fromkeys(("entry", "salt", "fields"), _AUDIT),
    "AuditSeal": dict.fromkeys(("id", "entry_id", "tx", "chain"), TECHNICAL),
    "OutboxMessage": {
        name: Use("delivery of events", "6(1)(f)", "30d", "key")
        for name in ("id", "tx", "uuid", "at", "name", "key", "crosses", "payload")
    },
    "Cursor": dict.fromkeys(("name", "tx", "row", "moved_at"), TECHNICAL),
    "Job": {
        name: Use("work to be done later", "6(1)(f)", "7d")
        for name in (
            "id", "task", "args", "kwargs", "unique", "lane", "priority", "state", "created_at",
            "due_at", "started_at", "finished_at", "lease_until", "fence", "attempts", "error",
        )
    },
    "IdempotencyKey": {
        name: Use("one effect per request", "6(1)(f)", "7d")
        for name in ("id", "caller", "key", "body_hash", "answer", "at")
    },
}  # fmt: skip
