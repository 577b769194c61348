"""A person's right to rectification (GDPR Art. 16): a value that was wrong is gone, not only replaced.

It is taken out of the audit, so that neither history nor an instant of the past nor an undo has it,
out of the bin and out of what merges keep; and a file or another system does not bring it back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.crm.protection.models import DataRequest, RectifiedValue
from kundenkreis.dossier import erasing
from kundenkreis.dossier.whose import Whose, whose
from kundenkreis.kernel import audit, clock, redacting, store, tombstones, wrongs
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.models import AuditChange, RemovedRow
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.wrongs import plain
from kundenkreis.records.models import Merge

RIGHT = "crm.datarequest.change"
FIELDS = (
    "salutation", "title", "first_name", "name_prefix", "last_name", "name_suffix", "birth_date",
    "profession", "language", "customer_number",
)  # fmt: skip
DETAIL = "crm.contactdetail:"
MOST = 200  # values that are offered


@dataclass(frozen=True, slots=True)
class Former:
    """A value that a person had once: of which field, and the text that it is chosen by."""

    field: str
    label: str
    value: Any

    @property
    def key(self) -> str:
        return f"{self.field}|{plain(self.value)}"


def former(person: Person) -> list[Former]:
    """What history says of a person that is not so any more, at most 200 values."""
    found: dict[str, Former] = {}
    for one in _former(person, whose(person)):
        found.setdefault(one.key, one)
        if len(found) == MOST:
            break
    return sorted(found.values(), key=lambda one: (one.label, one.key))


def _former(person: Person, w: Whose) -> Iterator[Former]:
    kinds, own = _kinds_of_details(w), {f"crm.person:{pk}" for pk in w.persons}
    now = {(kind, folded) for kind, folded in _ways(person).values()}
    for change in _changes(w):
        target = change.entry.target
        kind = kinds.get(target, "")
        for name, pair in change.fields.items():
            values = (one for one in pair if one not in (None, "", audit.HIDDEN))
            if kind and name == "value":
                label = str(ContactDetail.Kind(kind).label)
                yield from (
                    Former(kind, label, one)
                    for one in values
                    if (kind, folded_way(kind, str(one))) not in now
                )
            elif target in own and name in FIELDS:
                label = str(Person._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
                present = plain(getattr(person, name))
                yield from (Former(name, label, one) for one in values if plain(one) != present)


def rectify(*, actor: Actor, datarequest_id: int, keys: Collection[str]) -> list[RectifiedValue]:
    """Take values out of everything that keeps earlier ones; `keys` are of those in `former`.

    Raises `NotFound`, `NotAllowed`; `DomainError` for another right, without knowing that it is
    them, or without a value.
    """
    with store.group(Side.CRM, "dossier.rectify"):
        request = store.lock(DataRequest, datarequest_id)
        actor.require_for(RIGHT, request)
        person = _require_ready(request)
        w = whose(person)
        chosen = [one for one in former(person) if one.key in keys]
        if not chosen:
            raise DomainError(_("Choose the values that were wrong."), field="wrong")
        return [_take_out(actor, request, person, w, one) for one in chosen]


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


def _take_out(
    actor: Actor, request: DataRequest, person: Person, w: Whose, one: Former
) -> RectifiedValue:
    wrong = plain(one.value)
    details = {target for target, kind in _kinds_of_details(w).items() if kind == one.field}
    own = {f"crm.person:{pk}" for pk in w.persons}

    def is_wrong(target: str, name: str, value: Any) -> bool:
        if value in (None, "", audit.HIDDEN):
            return False
        if target in own:
            return name == one.field and plain(value) == wrong
        return name in ("value", "folded") and plain(value) in {wrong, plain(folded)}

    is_way = one.field not in FIELDS
    folded = folded_way(one.field, str(one.value)) if is_way else ""
    places = redacting.redact(actor, details if is_way else own, is_wrong)
    places += _from_bin(w, one, folded) + _from_merges(w, one)
    name = wrongs.name(reference(person), one.field, folded or one.value)
    tombstones.bury([name])
    return store.create(
        actor, RectifiedValue, person=person, request=request, field=one.field, at=clock.now(),
        places=places,
    )  # fmt: skip


def _from_bin(w: Whose, one: Former, folded: str) -> int:
    """Deleted contact details that said it go; a person who was merged comes back with what is right."""
    rows, taken = store.rows(RemovedRow), 0
    if folded:
        ways = rows.filter(
            table="crm_people.contactdetail", image__person_id__in=list(w.persons),
            image__kind=one.field, image__folded=folded,
        )  # fmt: skip
        return store.discard(ways)
    for row in rows.filter(table="crm_people.person", row__in=w.persons):
        if plain(row.image.get(one.field)) == plain(one.value):
            right = "" if isinstance(row.image[one.field], str) else None
            kept = store.rows(Person).filter(pk=w.person).values_list(one.field, flat=True).first()
            if one.field != "customer_number":
                right = audit.plain(kept)
            image = {**row.image, one.field: right}
            taken += store.replace(rows.filter(pk=row.pk), image=image)
    return taken


def _from_merges(w: Whose, one: Former) -> int:
    rows, taken = store.rows(Merge).filter(kind="person", kept__in=w.persons), 0
    for row in rows:
        if one.field in row.given and plain(row.given[one.field]) == plain(one.value):
            given = {name: value for name, value in row.given.items() if name != one.field}
            taken += store.replace(rows.filter(pk=row.pk), given=given)
    return taken


def _changes(w: Whose) -> Iterator[AuditChange]:
    rows = store.stored(Side.CRM, AuditChange).select_related("entry")
    yield from rows.filter(entry__target__in=erasing.audited(Side.CRM, w)).order_by("-pk")


def _kinds_of_details(w: Whose) -> dict[str, str]:
    """Which kind the person's contact details are of, also those that are gone."""
    rows = store.stored(Side.CRM, ContactDetail).filter(person__in=w.persons)
    found = {f"{DETAIL}{pk}": str(kind) for pk, kind in rows.values_list("pk", "kind")}
    for change in _changes(w):
        target = change.entry.target
        if target.startswith(DETAIL) and target not in found and "kind" in change.fields:
            kinds = [one for one in change.fields["kind"] if one]
            found |= {target: kinds[0]} if kinds else {}
    return found


def _ways(person: Person) -> dict[int, tuple[str, str]]:
    rows = store.stored(Side.CRM, ContactDetail).filter(person=person)
    return {
        pk: (str(kind), folded) for pk, kind, folded in rows.values_list("pk", "kind", "folded")
    }
