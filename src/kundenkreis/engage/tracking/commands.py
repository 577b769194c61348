"""Sources, and what they report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.consent.models import Purpose
from kundenkreis.engage.tracking import counting, ingest, rejects
from kundenkreis.engage.tracking.events import EventsForgotten
from kundenkreis.engage.tracking.ingest import Fate
from kundenkreis.engage.tracking.items import Item, Rejected, check, clock_shift
from kundenkreis.engage.tracking.models import DailyCount, Event, Reason, Source
from kundenkreis.engage.tracking.sources import SourceView, new_key, signing_key, stored_key
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.record import EVERY_RECORDS

_CHANGEABLE = {"name", "purpose", "origins", "is_active", *EVERY_RECORDS}


@dataclass(frozen=True, slots=True)
class Checked:
    """The calls of one request after checking: each an item, or the reason why not."""

    calls: Sequence[Any]
    results: Sequence[Item | Reason]

    @property
    def items(self) -> list[Item]:
        return [result for result in self.results if isinstance(result, Item)]

    @property
    def rejected(self) -> list[tuple[Any, Reason]]:
        pairs = zip(self.calls, self.results, strict=True)
        return [(call, result) for call, result in pairs if isinstance(result, Reason)]


def check_calls(
    source: SourceView, calls: Sequence[Any], received_at: datetime, sent_at: Any = None
) -> Checked:
    """Check calls of the Segment specification without touching the database.

    `sent_at` is the sender's clock when it sent them; one bad call is no fault of the others.
    """
    shift = clock_shift(sent_at, received_at)
    results: list[Item | Reason] = []
    for call in calls:
        try:
            results.append(check(call, source, received_at, shift))
        except Rejected as error:
            results.append(error.reason)
    return Checked(calls, results)


@command
def ingest_batch(
    *,
    actor: Actor,
    source: SourceView,
    calls: Sequence[Any],
    received_at: datetime,
    sent_at: Any = None,
) -> list[Fate | Reason]:
    """Check and store a batch in one transaction; says what became of each call."""
    checked = check_calls(source, calls, received_at, sent_at)
    fates = iter(
        ingest_items(
            actor=actor,
            source=source,
            items=checked.items,
            rejected=checked.rejected,
            received_at=received_at,
        )
    )
    return [next(fates) if isinstance(one, Item) else one for one in checked.results]


@command
def ingest_items(
    *,
    actor: Actor,
    source: SourceView,
    items: Sequence[Item],
    rejected: Sequence[tuple[Any, Reason]] = (),
    received_at: datetime,
) -> list[Fate]:
    """Store checked items in one transaction; says what became of each.

    Nothing of a person who did not agree is stored, not even among the rejected.
    """
    actor.require("engage.event.record")
    fates = ingest.take(source, items, received_at) if items else []
    if rejected:
        rejects.keep(source, rejected, received_at)
    return fates


@command
def count_visits(*, actor: Actor, source: SourceView, count: int, at: datetime) -> None:
    """Add to the day's number of visits; nothing else about them is kept."""
    actor.require("engage.event.record")
    counting.add(source.id, DailyCount.Kind.VISITS, count, at)


@command
def create_source(
    *,
    actor: Actor,
    name: str,
    kind: str,
    namespace: str,
    purpose: str,
    origins: Iterable[str] = (),
) -> tuple[Source, str]:
    """Let something report events. Returns the source and its write key, shown this once.

    `namespace` names the shop: its sources share cookie ids and customer ids. `origins` are the
    sites on which a browser key may be used.
    """
    actor.require("engage.source.create")
    if kind not in Source.Kind.values:
        raise DomainError(_("A source is a website or a server."), field="kind")
    namespace = namespace.strip()
    if not 0 < len(namespace) <= 40:
        raise DomainError(_("The namespace needs 1 to 40 characters."), field="namespace")
    key = new_key(kind)
    source = store.create(
        actor,
        Source,
        name=name.strip()[:80],
        kind=kind,
        namespace=namespace,
        write_key=stored_key(key),
        signing_key=signing_key(key),
        purpose=_purpose(purpose),
        origins=_origins(kind, origins),
    )
    return source, key


@command
def change_source(
    *, actor: Actor, source_id: int, version: int | None = None, **values: Any
) -> Source:
    """Change a source's name, purpose, origins, or whether it may report."""
    source = store.lock(Source, source_id, version=version)
    actor.require_for("engage.source.change", source)
    if set(values) - _CHANGEABLE:
        raise DomainError(_("A source's kind and namespace stay as they are."))
    if "purpose" in values:
        values["purpose"] = _purpose(values["purpose"])
    if "origins" in values:
        values["origins"] = _origins(source.kind, values["origins"])
    store.change(actor, source, **values)
    return source


@command
def renew_key(*, actor: Actor, source_id: int) -> str:
    """Replace a source's write key; the old one, and proofs signed with it, end at once."""
    source = store.lock(Source, source_id)
    actor.require_for("engage.source.change", source)
    key = new_key(source.kind)
    store.change(actor, source, write_key=stored_key(key), signing_key=signing_key(key))
    return key


@command
def forget_events(*, actor: Actor, event_ids: Sequence[int]) -> None:
    """Delete events whose time is over; whoever counts events is told whose they were."""
    actor.require("engage.event.forget")
    events = store.rows(Event).filter(pk__in=event_ids)
    people = sorted(set(events.values_list("profile_id", flat=True)))
    store.discard(events)
    publish(EventsForgotten(tuple(people)))


def _purpose(slug: str) -> str:
    if not store.rows(Purpose).filter(slug=slug).exists():
        raise DomainError(
            _("There is no purpose “%(purpose)s”.") % {"purpose": slug},
            hint=_("Choose one of the purposes on the page Consent."),
            field="purpose",
        )
    return slug


def _origins(kind: str, origins: Iterable[str]) -> list[str]:
    """Origins as browsers send them: scheme, host and port, nothing behind."""
    clean: list[str] = []
    for text in origins:
        try:
            parts = urlsplit(text.strip().lower())
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise DomainError(
                _("“%(origin)s” is no address of a site.") % {"origin": text},
                hint=_("Write it like https://www.example.com"),
                field="origins",
            )
        clean.append(f"{parts.scheme}://{parts.netloc}")
    if kind == Source.Kind.BROWSER and not clean:
        raise DomainError(
            _("A website needs its address."),
            _("Its key is public, so only its own pages may use it."),
            field="origins",
        )
    return list(dict.fromkeys(clean))
