"""Erasing a person on both sides, for good.

In this order, so that a process that is killed anywhere goes on where it was: first what marketing
holds, then mentions elsewhere, last the person's own rows of the crm, from whom all the rest is
found; then what the databases' files still hold of deleted rows. A restored database is told by the
register of erasures (`register`), which lies outside of it.

What a law wants kept (`archive` in the privacy maps) stays with the name and address it belongs to,
restricted; everything else goes. What campaigns measured stays as numbers of nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import batched
from typing import Any

from django.db.models import Max, Model, Q, QuerySet

from kundenkreis.crm.letters.models import Letter
from kundenkreis.crm.people.models import ContactDetail, Person, Restriction
from kundenkreis.crm.people.privacy import PRIVACY as PEOPLE
from kundenkreis.crm.protection.models import DataRequest, Disclosure, Erasure
from kundenkreis.crm.sales.models import Opportunity
from kundenkreis.dossier import files, places, register, sweeping
from kundenkreis.dossier.whose import Whose
from kundenkreis.engage.campaigns.models import Assignment, Delivery, Exposure
from kundenkreis.engage.profiles.commands import forget_profiles
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.tracking.models import Event, SeenOrder
from kundenkreis.kernel import clock, store, tombstones
from kundenkreis.kernel import files as media
from kundenkreis.kernel.access import system
from kundenkreis.kernel.models import AuditChange, AuditEntry, LogRow
from kundenkreis.kernel.privacy import Period
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import current
from kundenkreis.link.receiving import hold

ACTOR = system("erasure")
PIECE = 500
# The audit's entries are sealed, and say a number only; what campaigns measured is sums of numbers.
STAYING: set[type[Model]] = {AuditEntry, AuditChange, Assignment, Exposure, Delivery}
# Handled by name below.
OWN: set[type[Model]] = {Person, DataRequest, Restriction, Opportunity, Profile, SeenOrder, Event}
# Where not every row of a table that a law wants kept is one of its records.
BUSINESS: Mapping[type[Model], Q] = {
    Letter: Q(state=Letter.State.FINISHED, purpose=Letter.Purpose.BUSINESS)
}
TECHNICAL = {"id", "version", "created_at", "changed_at"}


@dataclass(slots=True)
class Held:
    """Rows that a law wants kept: of which type, how many, which law, and until when."""

    model: type[Model]
    count: int
    law: str
    until: date

    @property
    def told(self) -> dict[str, Any]:
        return {
            "table": self.model._meta.label_lower, "count": self.count, "law": self.law,
            "until": self.until.isoformat(),
        }  # fmt: skip


@dataclass(slots=True)
class Scope:
    """What an erasure would take: rows per table of each side, and what has to stay."""

    counts: dict[Side, dict[type[Model], int]] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(sum(found.values()) for found in self.counts.values())


def scope(w: Whose) -> Scope:
    """What would be erased, and what stays by which law; nothing is changed."""
    found = Scope(held=list(held(w)))
    staying = {one.model for one in found.held} - BUSINESS.keys()
    for side in Side:
        rows = {
            model: query.exclude(BUSINESS[model]).count() if model in BUSINESS else query.count()
            for model, query in places.rows(side, w)
            if model not in staying | STAYING and not _is_line_of(model, staying)
        }
        found.counts[side] = {model: count for model, count in rows.items() if count}
    return found


def held(w: Whose) -> Iterator[Held]:
    """The business records that name them, which a law wants kept (GDPR Art. 17(3)(b))."""
    for model, uses in places.maps(Side.CRM).items():
        law = next((use for use in uses.values() if use.archive and use.since), None)
        if law is None or model is Person:
            continue
        found = places.where(model, w)
        rows = store.stored(Side.CRM, model).filter(found if found is not None else Q(pk__in=[]))
        rows = rows.filter(BUSINESS.get(model, Q()))
        count, last = rows.count(), rows.aggregate(last=Max(law.since))["last"]
        if count:
            yield Held(model, count, law.archive, _end(last, law.keep))


def _end(last: datetime, keep: str) -> date:
    period = Period.of(keep)
    years = period.count if period.unit == "y" else 0
    day = last.date()
    return day.replace(year=day.year + years, day=min(day.day, 28))


def erase(w: Whose, erasure: Erasure) -> None:
    """Erase them on both sides, except for what is in files: `finish` sees to that."""
    at, kept = erasure.created_at, list(held(w))
    names = {side: w.buried(side, number=not kept) for side in Side}
    register.note(w, names, at)
    counts = scope(w).counts
    batches = _batches(w)
    mentions = sum(sweeping.sweep(side, w) for side in Side)
    for side in Side:
        sweeping.drop_files(side, w, batches)
    sweeping.drop_messages(w)
    sweeping.drop_mails(w)
    exports = store.stored(Side.CRM, Disclosure).filter(person__in=w.persons)
    files.forget(exports.values_list("folder", flat=True))
    erase_in_engage(w, names[Side.ENGAGE], at)
    with store.group(Side.CRM, "dossier.erase"):
        hold(Side.CRM)
        tombstones.bury(names[Side.CRM], at)
        _forget_changes(Side.CRM, w)
        _crm(w, kept, erasure)
        row = store.lock(Erasure, erasure.pk)
        store.change(
            ACTOR, row, done_at=clock.now(), mentions=mentions,
            held=[one.told for one in kept],
            counts={
                str(side): {model._meta.label_lower: n for model, n in found.items()}
                for side, found in counts.items()
            },
        )  # fmt: skip


def tables(side: Side) -> set[str]:
    """The tables that may have lost rows."""
    return {model._meta.db_table for model in places.maps(side)}


def erase_in_engage(w: Whose, names: set[str], at: datetime) -> None:
    """What marketing holds; the log in pieces, because the collector writes to it."""
    events = store.stored(Side.ENGAGE, Event).filter(profile__in=w.profiles)
    while pks := list(events.values_list("pk", flat=True)[:PIECE]):
        with store.group(Side.ENGAGE, "dossier.erase"):
            store.discard(store.rows(Event).filter(pk__in=pks))
    with store.group(Side.ENGAGE, "dossier.erase"):
        hold(Side.ENGAGE)
        tombstones.bury(names, at)
        _forget_changes(Side.ENGAGE, w)
        for model, found in places.rows(Side.ENGAGE, w):
            if model not in STAYING and model not in OWN:
                store.discard(store.rows(model).filter(pk__in=found.values("pk")))
        store.replace(store.rows(SeenOrder).filter(link_id__in=w.links), link_id=None)
        if w.profiles:
            forget_profiles(actor=ACTOR, profile_ids=sorted(w.profiles))


def _crm(w: Whose, kept: list[Held], erasure: Erasure) -> None:
    staying = {one.model for one in kept} | STAYING | OWN
    if kept:
        staying |= {model for model, uses in places.maps(Side.CRM).items()
                    if all(use.archive or use.basis == "none" for use in uses.values())}  # fmt: skip
    for model, found in places.rows(Side.CRM, w):
        if model in BUSINESS:
            found = found.exclude(BUSINESS[model])
            _drop_letters(found)
        elif model in staying or _is_line_of(model, staying):
            continue
        if model is ContactDetail and kept:
            found = found.exclude(kind=ContactDetail.Kind.POSTAL)
        store.discard(store.rows(model).filter(pk__in=found.values("pk")))
    _opportunities(w)
    _requests(w, stays=bool(kept))
    if kept:
        _restrict(w, kept, erasure)
        others = w.persons - {w.person}
        store.discard(store.rows(Person).filter(pk__in=others))
    else:
        store.discard(store.rows(Person).filter(pk__in=w.persons))


def _drop_letters(letters: QuerySet[Any]) -> None:
    for names in letters.values_list("pdf", "docx"):
        media.discard(Side.CRM, names)


def _is_line_of(model: type[Model], staying: set[type[Model]]) -> bool:
    """A row that is part of one that stays, such as the line of an order."""
    return any(
        column.related_model in staying - STAYING - OWN and not column.null
        for column in model._meta.concrete_fields
        if column.related_model is not None
    )


def _opportunities(w: Whose) -> None:
    """A possible sale to a firm is the firm's; one to the person alone goes."""
    theirs = store.rows(Opportunity).filter(person__in=w.persons)
    store.discard(theirs.filter(organisation__isnull=True))
    for pk in theirs.values_list("pk", flat=True):
        current().touch(Opportunity, pk)
    store.replace(theirs, person=None)


def _requests(w: Whose, *, stays: bool) -> None:
    """That they asked and were answered stays as proof; what they wrote does not."""
    requests = store.rows(DataRequest).filter(person__in=w.persons)
    for pk in requests.values_list("pk", flat=True):
        current().touch(DataRequest, pk)
    said: dict[str, Any] = {"wish": "", "extended_why": "", "tags": [], "custom": {}}
    store.replace(requests.exclude(identity=""), identity="✓")
    store.replace(requests.exclude(answer=""), answer=sweeping.BLACK)
    store.replace(requests, **said, **({} if stays else {"person": None}))


def _restrict(w: Whose, kept: list[Held], erasure: Erasure) -> None:
    """Leave of the person what the records that stay belong to, and restrict it."""
    rows, values = store.rows(Person).filter(pk=w.person), {}
    for column in Person._meta.concrete_fields:
        if column.name not in TECHNICAL and not PEOPLE["Person"][column.name].archive:
            values[column.name] = None if column.null else column.get_default()
    current().touch(Person, w.person)
    store.replace(rows, **values, is_customer=True)
    for one in store.rows(ContactDetail).filter(person=w.person):
        current().touch(ContactDetail, one.pk)
    store.discard(store.rows(Restriction).filter(person=w.person))
    restriction: dict[str, Any] = {
        "reason": Restriction.Reason.ARCHIVE, "since": erasure.created_at,
        "until": max(one.until for one in kept),
        "note": ", ".join(sorted({one.law for one in kept})),
    }  # fmt: skip
    store.create(ACTOR, Restriction, person_id=w.person, **restriction)


def _batches(w: Whose) -> set[str]:
    """The units of work that touched them, such as imports."""
    entries = store.stored(Side.CRM, AuditEntry).filter(target__in=places.targets(w))
    return set(entries.exclude(batch="").values_list("batch", flat=True))


def _forget_changes(side: Side, w: Whose) -> None:
    """What the audit says of them and of their parts, also of those that are long gone."""
    for piece in batched(sorted(audited(side, w)), PIECE, strict=False):
        store.discard(store.rows(AuditChange).filter(entry__target__in=piece))


def audited(side: Side, w: Whose) -> set[str]:
    """The texts by which the audit names them and their parts."""
    prefix = f"{side}."
    found = {one for one in places.targets(w) if one.startswith(prefix)}
    for model, rows in places.rows(side, w):
        if _is_archived(side, model):
            rows = rows.exclude(BUSINESS.get(model, Q()))
        if not _is_audited(model):
            continue
        found |= {reference(row) for row in rows.only("pk")}
        found |= _of_gone(side, model, w)
    return found


def _is_archived(side: Side, model: type[Model]) -> bool:
    return model is not Person and any(u.archive for u in places.maps(side)[model].values())


def _is_audited(model: type[Model]) -> bool:
    """Logs and what the kernel keeps for itself are not; of marks and the like nothing is found."""
    return not issubclass(model, LogRow) and model._meta.app_label != "kernel"


def _of_gone(side: Side, model: type[Model], w: Whose) -> set[str]:
    """Parts of theirs that were deleted: the audit still knows whose they were."""
    names = [c.name for c in model._meta.concrete_fields if c.related_model is Person]
    if not names:
        return set()
    start = f"{side}.{model._meta.model_name}"
    entries: QuerySet[AuditEntry] = store.stored(side, AuditEntry).filter(
        target__gte=f"{start}:", target__lt=f"{start};"
    )
    said = Q(pk__in=[])
    for name in names:
        for pk in w.persons:
            said |= Q(**{f"change__fields__{name}__0": pk}) | Q(
                **{f"change__fields__{name}__1": pk}
            )
    told = set(entries.filter(said).values_list("target", flat=True))
    numbers = {int(one.rpartition(":")[2]) for one in told}
    others = store.stored(side, model).filter(pk__in=numbers)
    theirs = places.where(model, w)
    if theirs is not None:
        others = others.exclude(pk__in=store.stored(side, model).filter(theirs).values("pk"))
    return told - {f"{start}:{pk}" for pk in others.values_list("pk", flat=True)}
