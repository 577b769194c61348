"""How to reach somebody, and where they work: parts of a person's or organisation's record."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.contact_values import normalised
from kundenkreis.crm.people.models import Affiliation, ContactDetail, Organisation, Person
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

Holder = Person | Organisation


@command
def add_contact_detail(
    *, actor: Actor, holder: Holder, kind: str, value: str, label: str = ""
) -> ContactDetail:
    """Note a way to reach the holder; the first of its kind becomes the preferred one.

    Raises `DomainError` when the value cannot be of its kind, or is there already.
    """
    _require_change(actor, holder)
    value, folded = normalised(kind, value)
    same = store.rows(ContactDetail).filter(**_of(holder), kind=kind)
    if same.filter(folded=folded).exists():
        raise DomainError(_("This contact detail is there already."), field="value")
    return store.create(
        actor,
        ContactDetail,
        **_of(holder),
        kind=kind,
        value=value,
        folded=folded,
        label=label.replace("\0", ""),
        is_primary=not same.filter(is_primary=True).exists(),
    )


@command
def change_contact_detail(
    *, actor: Actor, contact_detail_id: int, value: str, label: str = ""
) -> ContactDetail:
    """Correct a contact detail. Raises `NotFound`, `DomainError`."""
    detail = store.lock(ContactDetail, contact_detail_id)
    _require_change(actor, _holder(detail))
    value, folded = normalised(detail.kind, value)
    store.change(actor, detail, value=value, folded=folded, label=label.replace("\0", ""))
    return detail


@command
def set_contact_detail(*, actor: Actor, holder: Holder, kind: str, value: str) -> None:
    """Make this the preferred way of its kind: one that is there already, the present preferred one
    with another value, or a new one. An empty value takes the preferred one away.

    Raises `DomainError` when the value cannot be of its kind.
    """
    _require_change(actor, holder)
    same = store.rows(ContactDetail).filter(**_of(holder), kind=kind)
    first = same.order_by("-is_primary", "id").first()
    if not value.strip():
        if first is not None:
            remove_contact_detail(actor=actor, contact_detail_id=first.pk)
        return
    known = same.filter(folded=normalised(kind, value)[1]).first()
    if known is not None:
        prefer_contact_detail(actor=actor, contact_detail_id=known.pk)
    elif first is not None:
        change_contact_detail(
            actor=actor, contact_detail_id=first.pk, value=value, label=first.label
        )
    else:
        add_contact_detail(actor=actor, holder=holder, kind=kind, value=value)


@command
def prefer_contact_detail(*, actor: Actor, contact_detail_id: int) -> ContactDetail:
    """Make this the preferred way of its kind. Raises `NotFound`."""
    detail = store.lock(ContactDetail, contact_detail_id)
    holder = _holder(detail)
    _require_change(actor, holder)
    for other in store.rows(ContactDetail).filter(**_of(holder), kind=detail.kind, is_primary=True):
        store.change(actor, other, is_primary=False)
    store.change(actor, store.lock(ContactDetail, contact_detail_id), is_primary=True)
    return detail


@command
def remove_contact_detail(*, actor: Actor, contact_detail_id: int) -> None:
    """Delete a contact detail. Raises `NotFound`."""
    detail = store.lock(ContactDetail, contact_detail_id)
    _require_change(actor, _holder(detail))
    store.remove(actor, detail)


@command
def add_affiliation(
    *,
    actor: Actor,
    person: Person,
    organisation: Organisation,
    function: str = "",
    since: date | None = None,
) -> Affiliation:
    """Note that a person works for, or belongs to, an organisation.

    Raises `DomainError` when they are affiliated in this function already.
    """
    _require_change(actor, person)
    known = store.rows(Affiliation).filter(
        person=person, organisation=organisation, function=function, until__isnull=True
    )
    if known.exists():
        raise DomainError(_("This affiliation is there already."), field="organisation")
    values: dict[str, Any] = {"function": function, "since": since}
    return store.create(actor, Affiliation, person=person, organisation=organisation, **values)


@command
def remove_affiliation(*, actor: Actor, affiliation_id: int) -> None:
    """Delete an affiliation. Raises `NotFound`."""
    affiliation = store.lock(Affiliation, affiliation_id)
    _require_change(actor, affiliation.person)
    store.remove(actor, affiliation)


def _holder(detail: ContactDetail) -> Holder:
    holder = detail.person or detail.organisation
    assert holder is not None  # noqa: S101 - the database says so
    return holder


def _of(holder: Holder) -> dict[str, Any]:
    return {"person": holder} if isinstance(holder, Person) else {"organisation": holder}


def _require_change(actor: Actor, holder: Holder) -> None:
    kind = "person" if isinstance(holder, Person) else "organisation"
    actor.require_for(f"crm.{kind}.change", holder)
