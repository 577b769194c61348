"""In a restored state: a value that was wrong, of which only the hash is known, is taken out again,
also where it holds still. What is right is not known then, and has to be entered."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from kundenkreis.crm.people.models import ContactDetail, Person
from kundenkreis.dossier.former import Former, Kept, every_former, kept_of, present
from kundenkreis.dossier.rectifying import digest, take_out
from kundenkreis.kernel import clock, store, tombstones
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.fields import is_custom
from kundenkreis.kernel.sides import Side


def take_out_again(*, actor: Actor, person: Person, field: str, wrong: str) -> int:
    """Take out whatever of that field has the hash `wrong`; returns how many values that were."""
    with store.group(Side.CRM, "dossier.rectify_again"):
        person = store.lock(Person, person.pk)
        _empty(actor, kept_of(person), field, wrong)
        person.refresh_from_db()
        kept = kept_of(person)  # what was emptied is history now
        found = {one.key: one for one in every_former(kept) if _is(person, one, field, wrong)}
        for one in found.values():
            take_out(actor, None, kept, one)
        tombstones.bury_digests([wrong], clock.now())
    return len(found)


def _empty(actor: Actor, kept: Kept, field: str, wrong: str) -> None:
    """Of what is so now: the value goes, and with it a row that cannot be without."""
    for row, one in list(present(kept)):
        if one.value not in (None, "", []) and _is(kept.person, one, field, wrong):
            _without(actor, store.lock(type(row), row.pk), one.name)
    for detail in store.rows(ContactDetail).filter(person=kept.person, kind=field):
        if _is(kept.person, Former(ContactDetail, field, detail.value), field, wrong):
            store.remove(actor, detail)


def _without(actor: Actor, row: Model, name: str) -> None:
    column: Any = None if is_custom(name) else row._meta.get_field(name)
    can_be_without = column is None or column.null or column.blank or isinstance(row, Person)
    if not can_be_without:
        store.remove(actor, row)
        return
    empty: dict[str, Any] = {name: None if column is None or column.null else ""}
    store.change(actor, row, **empty)


def _is(person: Person, one: Former, field: str, wrong: str) -> bool:
    return one.field == field and digest(person, one) == wrong
