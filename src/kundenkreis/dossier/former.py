"""What is kept of a person that is not so any more: the values that a request to correct can name.

Of the person itself, with the fields of the company's own; of their contact details, affiliations
and what else is noted of them; and the steps that their timeline tells as done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.models import (
    Affiliation,
    Characteristic,
    ContactDetail,
    Person,
    Relation,
    TimelineEntry,
)
from kundenkreis.crm.work.models import Activity
from kundenkreis.dossier import erasing
from kundenkreis.dossier.whose import Whose, whose
from kundenkreis.kernel import audit, custom, rowvalues, store
from kundenkreis.kernel.access import Viewer, subject_of
from kundenkreis.kernel.fields import PREFIX, is_custom
from kundenkreis.kernel.models import AuditChange
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.wrongs import plain
from kundenkreis.records.past.history import Words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STEP = "next_step"
STEPS = ("step_done", "step_open")  # entries of the timeline that tell of one
NAMES = ("salutation", "title", "first_name", "name_prefix", "last_name", "name_suffix")
FIELDS = (*NAMES, "birth_date", "profession", "language", "customer_number", STEP)
# What is noted of them in rows of its own; each field is called `affiliation.function`.
PARTS: dict[type[Model], tuple[str, ...]] = {
    Affiliation: ("organisation", "function", "since", "until", "buying_role"),
    Characteristic: ("text",),
    Relation: ("note",),
    Activity: ("text",),
}
MOST = 200  # values that are offered


@dataclass(frozen=True, slots=True)
class Former:
    """A value that was kept of a person: of which field, and the text that it is chosen by.

    `model` has the field; of a contact detail the field is its kind.
    """

    model: type[Model]
    name: str
    value: Any

    @property
    def field(self) -> str:
        part = f"{self.model._meta.model_name}." if self.model in PARTS else ""
        return f"{part}{self.name}"

    @property
    def is_way(self) -> bool:
        return self.model is ContactDetail

    @property
    def key(self) -> str:
        return f"{self.field}|{plain(self.value)}"

    def label(self, words: Words) -> StrOrPromise:
        return ContactDetail.Kind(self.name).label if self.is_way else words.label(self.name)

    def text(self, words: Words) -> str:
        """The value in words, as far as the reader may know what it names."""
        return str(self.value) if self.is_way else words.of(self.name, self.value)


@dataclass(frozen=True)
class Kept:
    """Everything that is kept of a person, looked up once."""

    person: Person
    w: Whose

    @cached_property
    def audited(self) -> set[str]:
        return erasing.audited(Side.CRM, self.w)

    @property
    def own(self) -> set[str]:
        """What the audit calls the person, and those who became part of them."""
        return {f"crm.person:{pk}" for pk in self.w.persons}

    def parts(self, model: type[Model]) -> set[str]:
        """What the audit calls their parts of one model, also those that are gone."""
        start = f"crm.{model._meta.model_name}:"
        return {target for target in self.audited if target.startswith(start)}

    @cached_property
    def changes(self) -> list[AuditChange]:
        rows = store.stored(Side.CRM, AuditChange).select_related("entry")
        return list(rows.filter(entry__target__in=self.audited).order_by("-pk"))

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Which kind their contact details are of, also those that are gone."""
        rows = store.stored(Side.CRM, ContactDetail).filter(person__in=self.w.persons)
        found = {
            f"crm.contactdetail:{pk}": str(kind) for pk, kind in rows.values_list("pk", "kind")
        }
        for change in self.changes:
            target = change.entry.target
            if target.startswith("crm.contactdetail:") and target not in found:
                said = [one for one in change.fields.get("kind", ()) if one]
                found |= {target: said[0]} if said else {}
        return found


def kept_of(person: Person) -> Kept:
    """Everything that is kept of a person."""
    return Kept(person, whose(person))


def former(viewer: Viewer, person: Person) -> list[Former]:
    """What is kept of a person that is not so any more, of fields that the viewer may know; at most
    200 values."""
    return former_of(viewer, kept_of(person))


def former_of(viewer: Viewer, kept: Kept) -> list[Former]:
    found: dict[str, Former] = {}
    for one in every_former(kept):
        if viewer.sees(subject_of(Person if one.is_way else one.model), one.name):
            found.setdefault(one.key, one)
        if len(found) == MOST:
            break
    return sorted(found.values(), key=lambda one: one.key)


def every_former(kept: Kept) -> Iterator[Former]:
    """All of them, the latest first, some more than once."""
    now, ways = _present(kept), _ways(kept.person)
    parts = {f"crm.{model._meta.model_name}": (model, names) for model, names in PARTS.items()}
    for change in kept.changes:
        target = change.entry.target
        kind, own = kept.kinds.get(target, ""), target in kept.own
        model, names = parts.get(target.partition(":")[0], (Person, FIELDS))
        for name, pair in change.fields.items():
            values = [one for one in pair if one not in (None, "", [], audit.HIDDEN)]
            if kind and name == "value":
                gone = (one for one in values if (kind, folded_way(kind, str(one))) not in ways)
                yield from (Former(ContactDetail, kind, one) for one in gone)
            elif (own and is_custom(name)) or (name in names and (own or model is not Person)):
                said = (Former(model, name, one) for one in values)
                yield from (one for one in said if one.key not in now)
    steps = store.stored(Side.CRM, TimelineEntry).filter(person__in=kept.w.persons, kind__in=STEPS)
    for payload in steps.order_by("-id").values_list("payload", flat=True)[:MOST]:
        step = Former(Person, STEP, payload.get("text", ""))
        if step.value not in ("", audit.HIDDEN) and step.key not in now:
            yield step


def _present(kept: Kept) -> set[str]:
    """The keys of all that is so now."""
    return {one.key for _row, one in present(kept)}


def present(kept: Kept) -> Iterator[tuple[Model, Former]]:
    """All that is so now, but for contact details, each with the row that says it."""
    own = {f"{PREFIX}{name}" for name in custom.keys(Person)}
    yield from _said(Person, (*FIELDS, *own), [kept.person])
    for model, names in PARTS.items():
        pks = [int(target.rpartition(":")[2]) for target in kept.parts(model)]
        yield from _said(model, names, store.stored(Side.CRM, model).filter(pk__among=pks))


def _said(
    model: type[Model], names: Collection[str], rows: Iterable[Model]
) -> Iterator[tuple[Model, Former]]:
    for row in rows:
        for name in names:
            yield row, Former(model, name, audit.plain(rowvalues.plain(row, name)))


def _ways(person: Person) -> set[tuple[str, str]]:
    rows = store.stored(Side.CRM, ContactDetail).filter(person=person)
    return {(str(kind), folded) for kind, folded in rows.values_list("kind", "folded")}
