"""Recording what people allow and withdraw; what holds follows from the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.consent.events import ConsentChanged
from kundenkreis.engage.consent.models import ConsentEntry, ConsentState, Purpose
from kundenkreis.engage.consent.queries import names_of
from kundenkreis.engage.consent.rule import Holds, Said, holds
from kundenkreis.engage.consent.shipped import OFFERED, PURPOSES
from kundenkreis.engage.profiles.models import Identifier
from kundenkreis.engage.profiles.queries import group_ids, link_ids, linked
from kundenkreis.kernel import bulk, clock, journal, store, tombstones
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.events import publish_all
from kundenkreis.kernel.sides import Side

Key = tuple[str, str, str, str, str]  # namespace, subject_kind, subject, purpose, channel
_Before = tuple[bool, datetime | None] | None  # whether granted, and when it was confirmed

_KEY = ("namespace", "subject_kind", "subject", "purpose", "channel")
_key = attrgetter(*_KEY)
# Names that mean somebody only within their shop.
_OF_A_SHOP = frozenset(Identifier.Kind.values)
_ENTRY = (*_KEY, "decision", "at", "recorded_at", "origin", "reference", "proof")


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody's words about one purpose and channel.

    `at` is the (corrected) instant of the statement; `reference` recognises a repeat of it, its
    instant by default; `namespace` tells whose cookie or customer id the subject is, and says
    nothing about others; `link_id` names a person that has no identifier here.
    """

    subject_kind: str
    subject: str
    purpose: str
    channel: str
    granted: bool
    at: datetime
    origin: str
    reference: str = ""
    namespace: str = ""
    link_id: UUID | None = None
    proof: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        namespace = self.namespace if self.subject_kind in _OF_A_SHOP else ""
        return (namespace, self.subject_kind, self.subject, self.purpose, self.channel)


@command
def record_consent(*, actor: Actor, statement: Statement) -> bool:
    """Record one statement; returns whether it was new. What holds may or may not change by it."""
    return bool(record_statements(actor=actor, statements=[statement]))


@command
def record_statements(*, actor: Actor, statements: Sequence[Statement]) -> int:
    """Record statements set-based; repeats count once. Returns how many were new.

    Raises `DomainError`, and `ValueError` for a cookie or customer id of no shop, which nobody
    would ever ask for.
    """
    actor.require("engage.consent.record")
    for statement in statements:
        if not (statement.subject and statement.purpose and statement.channel):
            raise DomainError(_("A consent needs a subject, a purpose and a channel."))
        if statement.subject_kind in _OF_A_SHOP and not statement.namespace:
            raise ValueError(f"a subject of kind {statement.subject_kind} needs its namespace")
    now = clock.now()
    before = _locked_states({statement.key for statement in statements}, now)
    new = bulk.insert(
        ConsentEntry,
        _ENTRY,
        [_entry(statement, now) for statement in statements],
        ignore=True,
        returning="id",
    )
    _recompute(before, statements)
    return len(new)


@command
def record_objection(
    *, actor: Actor, link_id: UUID, channel: str, purpose: str, at: datetime
) -> None:
    """Record that a person known to the crm objected, for every name engage knows them by.

    Without a purpose it is an objection to all that rest on consent or legitimate interest.
    """
    profile_id = linked([link_id]).get(link_id)
    subjects = {("", "person", str(link_id))}
    if profile_id is not None:
        subjects |= set(names_of(group_ids(profile_id)))
    rows = store.rows(Purpose).exclude(basis=Purpose.Basis.CONTRACT)
    slugs = [purpose] if purpose else list(rows.values_list("slug", flat=True))
    record_statements(
        actor=actor,
        statements=[
            Statement(
                subject_kind=kind,
                subject=subject,
                purpose=slug,
                channel=channel,
                granted=False,
                at=at,
                origin=ConsentEntry.Origin.LINK,
                namespace=namespace,
                link_id=link_id,
            )
            for namespace, kind, subject in sorted(subjects)
            for slug in slugs
        ],
    )


@command
def ship_purposes(*, actor: Actor) -> int:
    """Create the purposes every company needs, once; returns how many were missing."""
    actor.require("engage.purpose.create")
    known = set(store.rows(Purpose).values_list("slug", flat=True))
    missing = [values for values in PURPOSES if values["slug"] not in known]
    return len(store.create_many(actor, Purpose, missing))


@command
def offer_purpose(*, actor: Actor, slug: str) -> None:
    """Make one of the purposes that a company may want (`shipped.OFFERED`), unless there is one."""
    actor.require("engage.purpose.create")
    if not store.rows(Purpose).filter(slug=slug).exists():
        values = next(one for one in OFFERED if one["slug"] == slug)
        store.create(actor, Purpose, **values)


@command
def forget_statements(*, actor: Actor, entry_ids: Sequence[int]) -> None:
    """Delete statements whose time is over, and what holds where none is left."""
    actor.require("engage.consent.forget")
    entries = store.rows(ConsentEntry).filter(pk__in=entry_ids)
    keys = {_key(entry) for entry in entries}
    # The states are locked before the entries, as for a new statement.
    states = {key: pk for key, (pk,) in _of(ConsentState, ("id",), keys, lock=True)}
    store.discard(entries)
    left = {key for key, _ in _of(ConsentEntry, (), keys)}
    over = [states[key] for key in keys & states.keys() - left]
    store.discard(store.rows(ConsentState).filter(pk__in=over))


def _entry(statement: Statement, now: datetime) -> tuple[Any, ...]:
    decisions = ConsentEntry.Decision
    return (
        *statement.key,
        decisions.GRANTED.value if statement.granted else decisions.WITHDRAWN.value,
        statement.at,
        now,
        statement.origin,
        (statement.reference or statement.at.isoformat())[:60],
        statement.proof,
    )


def _locked_states(keys: set[Key], now: datetime) -> dict[Key, tuple[int, _Before]]:
    """The state rows of these keys, made where missing, kept from others until the end.

    The lock comes before the new entries, so that of two transactions the second sees the first's.
    Gives the row's id and what held before: nothing for a new row.
    """
    columns = (*_KEY, "granted", "since")
    rows = [(*key, False, now) for key in sorted(keys)]
    new = set(bulk.insert(ConsentState, columns, rows, ignore=True, returning="id"))
    states = _of(ConsentState, ("id", "granted", "confirmed_at"), keys, lock=True)
    return {
        key: (pk, None if pk in new else (bool(granted), confirmed_at))
        for key, (pk, granted, confirmed_at) in states
    }


def _recompute(before: dict[Key, tuple[int, _Before]], statements: Sequence[Statement]) -> None:
    said: dict[Key, list[Said]] = {}
    for key, values in _of(ConsentEntry, ("decision", "at", "origin"), before):
        said.setdefault(key, []).append(Said(*values))
    now_holds = {key: holds(said[key], key[-1]) for key in before if key in said}
    bulk.update(
        ConsentState,
        ("id", "granted", "since", "origin", "confirmed_at"),
        [
            (before[key][0], result.granted, result.since, result.origin, result.confirmed_at)
            for key, result in now_holds.items()
        ],
    )
    changed = [
        key
        for key, result in now_holds.items()
        if before[key][1] != (result.granted, result.confirmed_at)
    ]
    said_no = {statement.key for statement in statements if not statement.granted}
    _note_withdrawn(before, {key: now_holds[key] for key in changed if key in said_no})
    links = _links(changed, statements)
    publish_all(_event(key, links.get(key), now_holds[key]) for key in changed)


def _note_withdrawn(before: Mapping[Key, tuple[int, _Before]], now: Mapping[Key, Holds]) -> None:
    """Write into the journal what people do not want any more. A visitor who never allowed anything
    is nobody whom an older state would let be written to."""
    journal.note_in_unit(
        Side.ENGAGE,
        [
            {
                "kind": journal.WITHDRAWN, "at": holds_now.since.isoformat(),
                "subject": tombstones.digest(Side.ENGAGE, "|".join(key[:3])),
                "purpose": key[3], "channel": key[4],
            }
            for key, holds_now in now.items()
            if not holds_now.granted and _is_news(key, before[key][1])
        ],
    )  # fmt: skip


def _is_news(key: Key, before: _Before) -> bool:
    return before[0] if before is not None else key[1] not in _OF_A_SHOP


def _event(key: Key, link_id: UUID | None, now: Holds) -> ConsentChanged:
    namespace, kind, subject, purpose, channel = key
    return ConsentChanged(
        link_id, kind, subject, purpose, channel, now.granted, now.since, namespace, now.origin,
        now.confirmed_at,
    )  # fmt: skip


def _links(changed: Iterable[Key], statements: Sequence[Statement]) -> dict[Key, UUID]:
    by_key = {statement.key: statement for statement in statements}
    found = link_ids({key[:3] for key in changed if key[0]})
    links: dict[Key, UUID] = {}
    for key in changed:
        link_id = by_key[key].link_id or found.get(key[:3])
        if link_id is not None:
            links[key] = link_id
    return links


def _of(
    model: type[Model], columns: tuple[str, ...], keys: Collection[Key], *, lock: bool = False
) -> list[tuple[Key, tuple[Any, ...]]]:
    """The keys of rows, and these columns of each; the collector asks this for every consent."""
    subjects = {key[2] for key in keys}
    rows = bulk.select(model, (*_KEY, *columns), among=("subject", subjects), lock=lock)
    found = (((row[0], row[1], row[2], row[3], row[4]), row[5:]) for row in rows)
    return [(key, values) for key, values in found if key in keys]
