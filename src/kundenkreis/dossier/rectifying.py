"""A person's right to rectification (GDPR Art. 16): a value that was wrong is gone, not only replaced.

It is taken out of the audit, so that neither history nor an instant of the past nor an undo has it,
out of the bin, of what merges keep and of what the timeline tells; and a file or another system does
not bring it back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.entries import MERGES
from kundenkreis.crm.people.models import Person, TimelineEntry
from kundenkreis.crm.protection.models import DataRequest, RectifiedValue
from kundenkreis.dossier.former import NAMES, STEP, STEPS, Former, Kept, former_of, kept_of
from kundenkreis.kernel import (
    audit,
    clock,
    journal,
    redacting,
    removal,
    rowvalues,
    store,
    tombstones,
    wrongs,
)
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.fields import PREFIX, is_custom
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.wrongs import plain
from kundenkreis.records.models import Merge

RIGHT = "crm.datarequest.change"


def rectify(*, actor: Actor, datarequest_id: int, keys: Collection[str]) -> list[RectifiedValue]:
    """Take values out of everything that keeps earlier ones; `keys` are of those in `former`.

    Raises `NotFound`, `NotAllowed`; `DomainError` for another right, without knowing that it is
    them, or without a value.
    """
    with store.group(Side.CRM, "dossier.rectify"):
        request = store.lock(DataRequest, datarequest_id)
        actor.require_for(RIGHT, request)
        kept = kept_of(_require_ready(request))
        chosen = [one for one in former_of(actor, kept) if one.key in keys]
        if not chosen:
            raise DomainError(_("Choose the values that were wrong."), field="wrong")
        return [_take_out(actor, request, kept, one) for one in chosen]


def _require_ready(request: DataRequest) -> Person:
    if request.kind != DataRequest.Kind.RECTIFICATION or request.person is None:
        raise NotFound
    if not request.is_open or not request.identity.strip():
        raise DomainError(
            _("Note first how we know that it is them."),
            _("Whoever answers somebody else discloses or destroys a stranger's data."),
            _("Fill in “How we know it is them”; a request that is settled stays as it is."),
        )
    return store.lock(Person, request.person.pk)


def _take_out(actor: Actor, request: DataRequest, kept: Kept, one: Former) -> RectifiedValue:
    said = {
        "kind": journal.RECTIFIED, "at": clock.now().isoformat(), "person": kept.person.pk,
        "who": identity(kept.person), "field": one.field, "value": digest(kept.person, one),
    }  # fmt: skip
    journal.note_in_unit(Side.CRM, [said])
    return take_out(actor, request, kept, one)


def identity(person: Person) -> str:
    """Tells whether a number still means the same person."""
    return tombstones.digest(Side.CRM, f"person|{person.pk}|{person.created_at.isoformat()}")


def digest(person: Person, one: Former) -> str:
    """What stands for a wrong value of theirs, in the journal and among the tombstones."""
    value = folded_way(one.name, str(one.value)) if one.is_way else one.value
    return tombstones.digest(Side.CRM, wrongs.name(reference(person), one.field, value))


def take_out(actor: Actor, request: DataRequest | None, kept: Kept, one: Former) -> RectifiedValue:
    """Take one value out of everything that keeps earlier ones, in the unit of work in progress."""
    folded = folded_way(one.name, str(one.value)) if one.is_way else ""
    wrong, names = {plain(one.value)}, {one.name}
    targets = _targets(kept, one)
    if one.is_way:
        wrong, names = {*wrong, plain(folded)}, {"value", "folded"}
        targets = {target for target, kind in kept.kinds.items() if kind == one.name}

    def is_wrong(_target: str, name: str, value: Any) -> bool:
        return value not in (None, "", audit.HIDDEN) and name in names and plain(value) in wrong

    places = redacting.redact(actor, targets, is_wrong)
    places += _from_bin(kept, one, folded) + _from_merges(kept, one) + _from_timeline(kept, one)
    tombstones.bury_digests([digest(kept.person, one)], clock.now())
    return store.create(
        actor, RectifiedValue, person=kept.person, request=request, field=one.field,
        at=clock.now(), places=places,
    )  # fmt: skip


def _from_bin(kept: Kept, one: Former, folded: str) -> int:
    """What was deleted and said it goes; a person who was merged comes back with what is right, and
    what can be without the value comes back without it."""
    rows = store.rows(RemovedRow)
    if folded:
        ways = rows.filter(
            table="crm_people.contactdetail", image__person_id__in=list(kept.w.persons),
            image__kind=one.name, image__folded=folded,
        )  # fmt: skip
        return store.discard(ways)
    pks = [int(target.rpartition(":")[2]) for target in _targets(kept, one)]
    return sum(
        _mend(rows.filter(pk=row.pk), row, kept, one)
        for row in rows.filter(table=one.model._meta.label_lower, row__in=pks)
    )


def _targets(kept: Kept, one: Former) -> set[str]:
    return kept.own if one.model is Person else kept.parts(one.model)


def _mend(here: QuerySet[RemovedRow], row: RemovedRow, kept: Kept, one: Former) -> int:
    title = _blanked(row.title, one) if one.name in NAMES else row.title
    said = audit.plain(rowvalues.plain(removal.revived(row), one.name))
    if plain(said) != plain(one.value):
        return store.replace(here, title=title) if title != row.title else 0
    if is_custom(one.name):
        key = one.name.removeprefix(PREFIX)
        left = {name: value for name, value in row.image["custom"].items() if name != key}
        return store.replace(here, image={**row.image, "custom": left})
    column: Any = one.model._meta.get_field(one.name)
    if not (column.null or column.blank):
        return store.discard(here)
    right: Any = None if column.null else ""
    if one.model is Person and one.name not in ("customer_number", STEP):
        right = audit.plain(rowvalues.plain(kept.person, one.name))
    return store.replace(here, image={**row.image, column.attname: right}, title=title)


def _from_merges(kept: Kept, one: Former) -> int:
    if one.model is not Person:
        return 0
    taken = 0
    for row in store.rows(Merge).filter(kind="person", kept__in=kept.w.persons):
        given = {name: v for name, v in row.given.items() if not _is(one, name, v)}
        title = _blanked(row.title, one) if one.name in NAMES else row.title
        if (given, title) != (row.given, row.title):
            taken += store.replace(store.rows(Merge).filter(pk=row.pk), given=given, title=title)
    return taken


def _from_timeline(kept: Kept, one: Former) -> int:
    """Merges are told with the names, steps with the words, that were so then."""
    kinds = MERGES if one.name in NAMES else STEPS if one.name == STEP else ()
    rows, taken = store.rows(TimelineEntry).filter(person__in=kept.w.persons), 0
    for row in rows.filter(kind__in=kinds) if one.model is Person and kinds else ():
        left = dict(_left(row.payload, one))
        if left != row.payload:
            taken += store.replace(rows.filter(pk=row.pk), payload=left)
    return taken


def _left(payload: dict[str, Any], one: Former) -> Iterator[tuple[str, Any]]:
    for name, said in payload.items():
        if one.name == STEP:
            yield name, audit.HIDDEN if plain(said) == plain(one.value) else said
        else:
            yield name, _blanked(said, one) if isinstance(said, str) else said


def _blanked(text: str, one: Former) -> str:
    """A text without the value, which stands there as a word of its own, however it is written."""
    words = r"\s+".join(re.escape(word.casefold()) for word in str(one.value).split())
    words = words.replace("ss", "(?:ss|ß|ẞ)")  # which have no case in common
    return re.sub(rf"(?<!\w){words}(?!\w)", audit.HIDDEN, text, flags=re.IGNORECASE)


def _is(one: Former, name: str, value: Any) -> bool:
    return name == one.name and plain(value) == plain(one.value)
