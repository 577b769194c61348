"""Every column says why it is kept: purpose, legal basis, retention, and the way to the person."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

RECORD_ONLY = "record"
_PERIOD = re.compile(r"([1-9]\d*)([dmy])")


@dataclass(frozen=True, slots=True)
class Use:
    """Why a column exists.

    `purpose` in plain words; `basis` a paragraph of GDPR Art. 6(1) or `none` when no person can be
    named by it; `keep` how long; `person` the path of relations to the person concerned, empty when
    there is none.

    `keep` is `record`, as long as the row itself, which ends by staff or with the row it belongs to;
    or a time in days, months or years (`7d`, `25m`, `10y`). A time runs from the column `since`,
    which says when the row came here or last changed, never when something happened elsewhere: so
    nothing that is imported goes at once, and rows grow old in the order of their ids. `forgetting`
    deletes rows whose time is over. `but` says which of them stay and why; a time without `since`
    is kept by nobody, and `but` must say who sees to it.

    `archive` names the law by which it stays when the person wants to be erased: the row is then
    restricted to what that law is about.
    """

    purpose: str
    basis: str
    keep: str = RECORD_ONLY
    person: str = ""
    since: str = ""
    but: str = ""
    archive: str = ""


Map = Mapping[str, Mapping[str, Use]]


@dataclass(frozen=True, slots=True)
class Period:
    """A time in days, or in months or years of the calendar."""

    count: int
    unit: str

    @classmethod
    def of(cls, text: str) -> Period:
        """Raises `ValueError` for what is no time, such as `record`."""
        found = _PERIOD.fullmatch(text)
        if found is None:
            raise ValueError(f"“{text}” is no time like 7d, 25m or 10y")
        return cls(int(found[1]), found[2])

    def before(self, now: datetime) -> datetime:
        """The instant so long ago; a day that a month does not have is its last one."""
        if self.unit == "d":
            return now - timedelta(days=self.count)
        months = self.count * (12 if self.unit == "y" else 1)
        year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
        day = min(now.day, monthrange(year, month + 1)[1])
        return now.replace(year=year, month=month + 1, day=day)


@dataclass(frozen=True, slots=True)
class Promise:
    """How long rows of a model are kept, and the column from which that is counted."""

    keep: Period
    since: str


def promises(privacy: Map) -> dict[str, Promise]:
    """What the columns of each model promise; this is what `forgetting` goes by.

    A time that nobody keeps is left out. Raises `ValueError` for two promises in one model.
    """
    found: dict[str, Promise] = {}
    for model, uses in privacy.items():
        made = {(use.keep, use.since) for use in uses.values() if use.since}
        if len(made) > 1:
            said = " and ".join(f"{keep} since {since}" for keep, since in sorted(made))
            raise ValueError(f"{model} promises {said}")
        for keep, since in made:
            found[model] = Promise(Period.of(keep), since)
    return found


TECHNICAL = Use("operation of the system", "none")

RECORD: Mapping[str, Use] = {
    "id": TECHNICAL,
    "owner_id": Use("responsibility among staff", "6(1)(f)"),
    "team_id": Use("responsibility among staff", "6(1)(f)"),
    "version": TECHNICAL,
    "custom": Use("fields the company defines itself", "6(1)(b)"),
    "tags": Use("sorting records by words of the company's own", "6(1)(f)"),
    "next_step": Use("planning of work by staff", "6(1)(f)"),
    "next_step_on": Use("planning of work by staff", "6(1)(f)"),
    "created_at": TECHNICAL,
    "changed_at": TECHNICAL,
}

_WHAT = "accountability, GDPR Art. 5(2)"
_AUDIT = Use(
    _WHAT,
    "6(1)(c)",
    "10y",
    "target",
    but="stays: the chain of seals would show it as missing. What it says of a person is in its "
    "AuditChange, which goes",
)
_CHANGE = Use(_WHAT, "6(1)(c)", "10y", "entry__target", since="entry__at")

PRIVACY: Map = {
    "AuditEntry": dict.fromkeys(("id", "tx", "at", "actor", "via", "command", "action", "target", "batch", "digest", "behalf"), _AUDIT),
    "AuditChange": dict.fromkeys(("entry", "salt", "fields", "inner"), _CHANGE),
    "AuditSeal": dict.fromkeys(("id", "entry_id", "tx", "chain"), TECHNICAL),
    "RemovedRow": dict.fromkeys(
        (
            "id", "batch", "at", "actor", "table", "row", "owner_id", "team_id", "title", "image",
            "root", "restored_at",
        ),
        Use("undoing a deletion", "6(1)(f)", "30d", "image", since="at"),
    ),
    "Share": dict.fromkeys(
        ("id", "subject", "row", "user_id", "team_id", "level", "until"),
        Use("who among staff may work with a record", "6(1)(f)", "record", "row"),
    ),
    "SearchDocument": dict.fromkeys(
        ("id", "kind", "row", "owner_id", "team_id", "name", "words", "others"),
        Use("finding records by what they say", "6(1)(f)", "record", "row"),
    ),
    "IndexedWord": dict.fromkeys(
        ("id", "kind", "field", "value", "word", "row"),
        Use("finding records by their tags", "6(1)(f)", "record", "row"),
    ),
    "OutboxMessage": {
        name: Use(
            "delivery of events", "6(1)(f)", "30d", "key", since="at",
            but="until every reader has passed it",
        )
        for name in ("id", "tx", "uuid", "at", "name", "key", "crosses", "payload")
    },
    "Cursor": dict.fromkeys(("name", "tx", "row", "moved_at"), TECHNICAL),
    "Job": {
        name: Use(
            "work to be done later", "6(1)(f)", "7d", since="finished_at",
            but="the last job of a schedule as rare as that, which the next one counts from",
        )
        for name in (
            "id", "task", "args", "kwargs", "unique", "lane", "priority", "state", "created_at",
            "due_at", "started_at", "finished_at", "lease_until", "fence", "attempts", "error",
        )
    },
    "Tombstone": dict.fromkeys(
        ("id", "digest", "at"), Use("not bringing back who was erased", "6(1)(c)")
    ),
    "Hold": dict.fromkeys(("id", "why", "at", "backup_at", "released_at"), TECHNICAL),
    "IdempotencyKey": {
        name: Use("one effect per request", "6(1)(f)", "7d", since="at")
        for name in ("id", "caller", "key", "body_hash", "answer", "at")
    },
}  # fmt: skip
