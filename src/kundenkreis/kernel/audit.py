"""Who changed what, when and through what: written in the transaction, sealed soon after.

Each entry carries a digest over its columns and its salted changes. The worker chains the digests
(`AuditSeal`); erasing the changes of a person leaves the chain valid, because it holds digests only.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from json import encoder
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BigIntegerField, Count, Model, Q, QuerySet
from django.db.models.functions import Cast, Substr

from kundenkreis.kernel import bulk, clock
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.log import Position, read_after
from kundenkreis.kernel.models import AuditChange, AuditEntry, AuditSeal
from kundenkreis.kernel.record import Record, holders, reference, secret_fields
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import current, unit_of_work

START = "0" * 64
AT_THE_SHELL = "system:shell"
PIECE = 500
# What an entry says beside its instant, in the order of its digest.
_SAID = ("actor", "via", "command", "action", "target", "batch")
HIDDEN = "•••"


def record(actor: Actor, changes: Sequence[tuple[str, Model, dict[str, Any]]]) -> None:
    """Write one audit entry per `(action, object, {field: [old, new]})`; none of what is only tried."""
    unit, now, who = current(), clock.now(), actor.reference
    if unit.trial:
        return
    for piece in batched(changes, PIECE, strict=False):
        entries, details = [], []
        said_when, salts = now.isoformat(), _salts(len(piece))
        for (action, obj, fields), salt in zip(piece, salts, strict=True):
            text = _json(_hidden(obj, fields))
            said = (who, actor.via, unit.command, action, reference(obj), unit.batch)
            behalf = _behalf(actor, obj, fields)
            entries.append((now, *said, behalf, _digest(said_when, said, behalf, salt, text)))
            details.append((salt, text))
        keys = bulk.insert(AuditEntry, ("at", *_SAID, "behalf", "digest"), entries, returning="id")
        kept = [(key, *detail) for key, detail in zip(keys, details, strict=True)]
        bulk.insert(AuditChange, ("entry_id", "salt", "fields"), kept)


def _salts(count: int) -> list[str]:
    """So many salts of 32 digits: the system is asked once for all of them."""
    digits = secrets.token_hex(16 * count)
    return [digits[at : at + 32] for at in range(0, len(digits), 32)]


def _behalf(actor: Actor, obj: Model, fields: dict[str, Any]) -> str:
    """Whom the actor stands in for, where it is that one's record they change."""
    if not actor.stands_in_for:
        return ""
    owner = fields["owner_id"][0] if "owner_id" in fields else _owner(obj)
    return f"user:{owner}" if owner in actor.stands_in_for else ""


def _owner(obj: Model) -> int | None:
    """Whose a row is; a part is whose the record is that it belongs to."""
    own: int | None = getattr(obj, "owner_id", None)
    for model, pk in holders(obj) if own is None else ():
        if issubclass(model, Record):
            rows = model._default_manager.using(current().side.alias).filter(pk=pk)
            own = own or rows.values_list("owner_id", flat=True).first()
    return own


def _hidden(obj: Model, fields: dict[str, Any]) -> dict[str, Any]:
    """The changes without secrets: only that there was a value before or after."""
    secret = secret_fields(type(obj))
    if not secret:
        return fields
    return {
        name: [HIDDEN if value else value for value in pair] if name in secret else pair
        for name, pair in fields.items()
    }


def digest(entry: AuditEntry, salt: str, fields: str) -> str:
    """SHA-256 over the entry's columns and the salted digest of its changes."""
    said = [getattr(entry, name) for name in _SAID]
    return _digest(entry.at.isoformat(), said, entry.behalf, salt, fields)


def _digest(at: str, said: Sequence[str], behalf: str, salt: str, fields: str) -> str:
    return _over(at, said, behalf, _inner(salt, fields))


def _inner(salt: str, fields: str) -> str:
    return hashlib.sha256((salt + fields).encode()).hexdigest()


def inner(salt: str, fields: Any) -> str:
    """The salted digest of an entry's changes."""
    return _inner(salt, _json(fields))


def _over(at: str, said: Sequence[str], behalf: str, inner: str) -> str:
    # Whose deputy it was only where it says something: entries of earlier versions had none.
    columns = [at, *said, inner, *([behalf] if behalf else [])]
    # As `json.dumps` writes a list of texts, at a third of its cost.
    text = f"[{', '.join(map(encoder.encode_basestring_ascii, columns))}]"
    return hashlib.sha256(text.encode()).hexdigest()


def latest(
    side: Side, target: str, limit: int, *, before: int | None = None, since: datetime | None = None
) -> list[AuditEntry]:
    """The latest entries about one record, newest first, each with its changes.

    Only those before an entry, or later than an instant, if one is given.
    """
    entries = AuditEntry.objects.using(side.alias).select_related("change").filter(target=target)
    if before is not None:
        entries = entries.filter(pk__lt=before)
    if since is not None:
        entries = entries.filter(at__gt=since)
    return list(entries.order_by("-id")[:limit])


def next_of(side: Side, target: str, field: str, after: int) -> AuditEntry | None:
    """The first entry after another that changed one field of a record, with its changes."""
    entries = AuditEntry.objects.using(side.alias).select_related("change")
    later = entries.filter(target=target, pk__gt=after, change__fields__has_key=field)
    return later.order_by("id").first()


def of_batch(side: Side, batch: str, limit: int, before: int = 0) -> list[AuditEntry]:
    """What one unit of work changed, newest first, each entry with its changes.

    Only what comes before an entry, if one is given.
    """
    entries = AuditEntry.objects.using(side.alias).select_related("change").filter(batch=batch)
    if before:
        entries = entries.filter(pk__lt=before)
    return list(entries.order_by("-id")[:limit])


def size(side: Side, batch: str, most: int | None = None) -> int:
    """How many entries a unit of work has, counted up to `most`."""
    entries = AuditEntry.objects.using(side.alias).filter(batch=batch)
    return entries.order_by()[:most].count()


def by_staff(side: Side, batch: str) -> bool:
    """Whether somebody did anything of a unit of work, and not the product by itself.

    Who takes files over from a shell has no account there, but is somebody all the same.
    """
    entries = AuditEntry.objects.using(side.alias).filter(batch=batch)
    somebody = Q(actor__startswith="user:") | Q(actor=AT_THE_SHELL)
    return entries.filter(somebody).exists()


def within(
    side: Side, batch: str, targets: Iterable[str], *, since: int = 0, made: bool = False
) -> set[str]:
    """Those of the records that a unit of work touched, from an entry on, or made."""
    entries = AuditEntry.objects.using(side.alias).filter(batch=batch, target__in=set(targets))
    if made:
        entries = entries.filter(action__in=("create", "restore"))
    return set(entries.filter(pk__gte=since).values_list("target", flat=True))


def on_behalf(
    side: Side, absent: str, since: datetime, until: datetime, limit: int
) -> list[AuditEntry]:
    """What deputies did for somebody within a time, latest first, each entry with its changes."""
    entries = AuditEntry.objects.using(side.alias).select_related("change")
    within = entries.filter(behalf=absent, at__gte=since, at__lt=until)
    return list(within.order_by("-id")[:limit])


@dataclass(frozen=True, slots=True)
class Size:
    """How many records a unit of work touched, and how many of these somebody may read."""

    all: int
    readable: int


def sizes(
    side: Side, batches: Iterable[str], prefix: str, readable: QuerySet[Any, Any]
) -> dict[str, Size]:
    """Of each unit of work, the records whose reference begins so; `readable` gives numbers."""
    entries = AuditEntry.objects.using(side.alias).filter(batch__in=set(batches))
    number = Cast(Substr("target", len(prefix) + 1), BigIntegerField())
    counted = entries.filter(target__startswith=prefix).order_by().annotate(number=number)
    within = Count("target", distinct=True, filter=Q(number__in=readable))
    found = counted.values("batch").annotate(every=Count("target", distinct=True), readable=within)
    return {row["batch"]: Size(row["every"], row["readable"]) for row in found}


def touched_since(side: Side, targets: Iterable[str], entry: int, batches: Iterable[str]) -> bool:
    """Whether any of the records was changed after an entry, other than by these batches."""
    later = AuditEntry.objects.using(side.alias).filter(target__in=set(targets), id__gt=entry)
    return later.exclude(batch__in=set(batches)).exists()


def plain(value: Any) -> Any:
    """A value as it reads back from an entry."""
    return json.loads(_json(value))


def seal(side: Side, limit: int = 5_000) -> int:
    """Chain the entries that no running transaction can precede any more; returns how many."""
    with unit_of_work(side, "kernel.audit.seal"):
        seals = AuditSeal.objects.using(side.alias)
        last = seals.order_by("-id").select_for_update().first()
        chain, position = (last.chain, _place(last)) if last else (START, Position())
        fresh = []
        entries = read_after(AuditEntry, position, limit, side)
        # One that was deleted and put back stands anew in the log; its seal shows what it was.
        known = set(
            seals.filter(entry_id__in=[entry.pk for entry in entries]).values_list(
                "entry_id", flat=True
            )
        )
        for entry in (entry for entry in entries if entry.pk not in known):
            chain = _link(chain, entry)
            fresh.append(AuditSeal(entry_id=entry.pk, tx=entry.tx, chain=chain))
        seals.bulk_create(fresh, batch_size=500)
        return len(fresh)


def sealed(side: Side) -> Position:
    """How far the entries are sealed."""
    last = AuditSeal.objects.using(side.alias).order_by("-id").first()
    return _place(last) if last else Position()


def _place(seal: AuditSeal) -> Position:
    return Position(seal.tx, seal.entry_id)


@dataclass(frozen=True, slots=True)
class Damage:
    """A row of the audit that is not as it was sealed."""

    entry_id: int
    what: str


def verify(side: Side) -> Iterator[Damage]:
    """Replay the chain and name every entry that was altered, deleted or reordered."""
    alias, chain = side.alias, START
    entries = AuditEntry.objects.using(alias).select_related("change")
    for seals in _chunks(AuditSeal.objects.using(alias).order_by("id").iterator(2_000), 2_000):
        found = entries.in_bulk([seal.entry_id for seal in seals])
        for sealed in seals:
            entry = found.get(sealed.entry_id)
            if entry is None:
                yield Damage(sealed.entry_id, "missing")
            elif sealed.chain not in (_link(chain, entry), _early_link(chain, entry)):
                yield Damage(sealed.entry_id, "altered")
            elif not _matches(entry):
                yield Damage(sealed.entry_id, "changes altered")
            chain = sealed.chain


def _matches(entry: AuditEntry) -> bool:
    change = getattr(entry, "change", None)
    if change is None:
        return True
    if not change.inner:
        return digest(entry, change.salt, _json(change.fields)) == entry.digest
    said = [getattr(entry, name) for name in _SAID]
    before = _over(entry.at.isoformat(), said, entry.behalf, change.inner)
    return before == entry.digest and _left(entry) == inner(change.salt, change.fields)


def _left(entry: AuditEntry) -> str:
    """How the changes of an entry read from which something was taken, as the audit itself says."""
    entries = AuditEntry.objects.using(entry._state.db).select_related("change")
    told = entries.filter(target=redacted(entry.pk), action="redact").order_by("-id").first()
    change = getattr(told, "change", None)
    return str(change.fields["left"][1]) if change is not None else ""


def redacted(entry_id: int) -> str:
    """How entries name another entry of whose changes something was taken out."""
    return f"{AuditEntry._meta.model_name}:{entry_id}"


def note(actor: Actor, action: str, target: str, fields: dict[str, Any]) -> None:
    """Write one entry about what is no record."""
    unit, now, salt = current(), clock.now(), secrets.token_hex(16)
    said = (actor.reference, actor.via, unit.command, action, target, unit.batch)
    made = _digest(now.isoformat(), said, "", salt, _json(fields))
    columns = ("at", *_SAID, "behalf", "digest")
    (key,) = bulk.insert(AuditEntry, columns, [(now, *said, "", made)], returning="id")
    bulk.insert(AuditChange, ("entry_id", "salt", "fields"), [(key, salt, _json(fields))])


def _link(chain: str, entry: AuditEntry) -> str:
    """The columns stand in the chain themselves: they hold also where the changes were erased."""
    said = [getattr(entry, name) for name in _SAID]
    columns = [chain, entry.pk, entry.at.isoformat(), *said, entry.behalf, entry.digest]
    return hashlib.sha256(json.dumps(columns).encode()).hexdigest()


def _early_link(chain: str, entry: AuditEntry) -> str:
    """How it was before that; no entry that was sealed since can be made to fit it."""
    return hashlib.sha256(f"{chain}{entry.pk}{entry.digest}".encode()).hexdigest()


# What `DjangoJSONEncoder(sort_keys=True, ensure_ascii=False)` would make anew for each text.
_ENCODE = encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, DjangoJSONEncoder().default, encoder.encode_basestring, None, ": ", ", ", True, False, True
)  # fmt: skip


def _json(fields: Any) -> str:
    return "".join(_ENCODE(fields, 0))


def _chunks(rows: Iterator[AuditSeal], size: int) -> Iterator[list[AuditSeal]]:
    chunk: list[AuditSeal] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
