"""How to reach somebody, and where they work: parts of a person's or organisation's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import erased
from kundenkreis.crm.people.contact_values import detail_columns, normalised, require_order
from kundenkreis.crm.people.models import Affiliation, ContactDetail, Organisation, Person
from kundenkreis.crm.people.postal import PARTS, postal_from
from kundenkreis.kernel import clock, store, tombstones, wrongs
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.record import reference
from kundenkreis.kernel.sides import Side

Holder = Person | Organisation


@command
def add_contact_detail(
    *, actor: Actor, holder: Holder, kind: str, value: str, **more: Any
) -> ContactDetail:
    """Note a way to reach the holder; the first of its kind becomes the preferred one.

    `more` are other columns of it, such as its `label`; see `detail_columns`. Raises
    `DomainError` when the value cannot be of its kind, or is there already.
    """
    _require_change(actor, holder)
    columns = detail_columns(kind, value, more)
    if actor.via in erased.BY_THEMSELVES:
        erased.require_never({kind: columns}, "")
        _require_not_wrong(holder, kind, columns["folded"])
    same = store.rows(ContactDetail).filter(**_of(holder), kind=kind)
    if same.filter(folded=columns["folded"]).exists():
        raise DomainError(_("This contact detail is there already."), field="value")
    first = not same.filter(is_primary=True).exists()
    return store.create(actor, ContactDetail, **_of(holder), kind=kind, is_primary=first, **columns)


def _require_not_wrong(holder: Holder, kind: str, folded: str) -> None:
    if wrong(reference(holder), kind, folded):
        raise wrongs.refusal(kind)


def wrong(record: str, kind: str, folded: str) -> bool:
    """Whether this way was taken out of a record because the person said that it is not theirs."""
    return bool(tombstones.buried(Side.CRM, [wrongs.name(record, kind, folded)]))


@command
def add_contact_details(
    *, actor: Actor, holder: type[Holder], details: Sequence[tuple[int, Mapping[str, Any]]]
) -> list[ContactDetail | DomainError | None]:
    """Note many ways to reach persons, or organisations, by their numbers; for each the detail, None
    where it is there already, or why it cannot be one.

    A detail that says `is_primary` becomes the preferred one where there is none of its kind yet.
    """
    name = str(holder._meta.model_name)
    _require_change_of_all(actor, holder, {pk for pk, _values in details})
    key = f"{name}_id"
    rows = store.rows(ContactDetail).filter(
        **{f"{name}__pk__among": [pk for pk, _values in details]}
    )
    known: set[tuple[int, str, str]] = set()
    preferred: set[tuple[int, str]] = set()
    for pk, kind, folded, primary in rows.values_list(key, "kind", "folded", "is_primary"):
        known.add((pk, kind, folded))
        preferred |= {(pk, kind)} if primary else set()
    found: list[ContactDetail | DomainError | None] = []
    new: list[tuple[int, dict[str, Any]]] = []
    for pk, values in details:
        kind, value = values["kind"], values.get("value", "")
        more = {n: one for n, one in values.items() if n not in ("kind", "value", "is_primary")}
        found.append(None)
        try:
            columns = detail_columns(kind, value, more)
        except DomainError as error:
            found[-1] = error
            continue
        if (pk, kind, columns["folded"]) in known:
            continue
        if actor.via in erased.BY_THEMSELVES and wrong(f"crm.{name}:{pk}", kind, columns["folded"]):
            found[-1] = wrongs.refusal(kind)
            continue
        known.add((pk, kind, columns["folded"]))
        first = bool(values.get("is_primary")) and (pk, kind) not in preferred
        preferred |= {(pk, kind)} if first else set()
        new.append((len(found) - 1, {key: pk, "kind": kind, "is_primary": first, **columns}))
    made = store.create_many(actor, ContactDetail, [columns for _at, columns in new])
    for (at, _columns), detail in zip(new, made, strict=True):
        found[at] = detail
    return found


@command
def change_contact_detail(
    *, actor: Actor, contact_detail_id: int, value: str, **more: Any
) -> ContactDetail:
    """Correct a contact detail; columns that are not named stay. Raises `NotFound`, `DomainError`.

    What was known of the old value, that it was confirmed or did not arrive, is not known of a new
    one.
    """
    detail = store.lock(ContactDetail, contact_detail_id)
    _require_change(actor, _holder(detail))
    columns = detail_columns(detail.kind, value, more)
    if columns["folded"] != detail.folded and "state" not in more:
        columns |= {"state": ContactDetail.State.UNKNOWN}
    if columns.get("state", detail.state) != detail.state:
        columns["state_on"] = clock.today(settings.COMPANY_ZONE) if columns["state"] else None
    store.change(actor, detail, **columns)
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
        change_contact_detail(actor=actor, contact_detail_id=first.pk, value=value)
    else:
        add_contact_detail(actor=actor, holder=holder, kind=kind, value=value)


@command
def set_postal_part(*, actor: Actor, holder: Holder, name: str, value: str) -> None:
    """Change one part of the preferred postal address: "street", "postal_code", "town", "country".

    The first part makes an address, and without any part there is none any more.
    """
    _require_change(actor, holder)
    kind = ContactDetail.Kind.POSTAL
    known = store.rows(ContactDetail).filter(**_of(holder), kind=kind)
    first = known.order_by("-is_primary", "id").first()
    before = {part: getattr(first, part) for part in PARTS} if first else {}
    postal = postal_from({**before, name: value})
    if first is None and postal:
        add_contact_detail(actor=actor, holder=holder, kind=kind, value="", **postal.columns)
    elif first is not None and not postal:
        remove_contact_detail(actor=actor, contact_detail_id=first.pk)
    elif first is not None:
        change_contact_detail(actor=actor, contact_detail_id=first.pk, value="", **postal.columns)


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
    **more: Any,
) -> Affiliation:
    """Note that a person works for, or belongs to, an organisation; `more` are other columns.

    Raises `DomainError` when they are affiliated in this function already.
    """
    _require_change(actor, person)
    known = store.rows(Affiliation).filter(
        person=person, organisation=organisation, function=function, until__isnull=True
    )
    if known.exists():
        raise DomainError(_("This affiliation is there already."), field="organisation")
    require_order(more, "since", "until")
    values: dict[str, Any] = {"function": function, **more}
    return store.create(actor, Affiliation, person=person, organisation=organisation, **values)


@command
def add_affiliations(
    *, actor: Actor, roles: Sequence[tuple[Person, Organisation, str]]
) -> list[Affiliation]:
    """Note where many people work, and as what; those who work there already stay as they are."""
    _require_change_of_all(actor, Person, {person.pk for person, _firm, _function in roles})
    rows = store.rows(Affiliation).filter(
        person__pk__among=[person.pk for person, _firm, _function in roles], until__isnull=True
    )
    known = set(rows.values_list("person_id", "organisation_id"))
    new = []
    for person, organisation, function in roles:
        if (person.pk, organisation.pk) not in known:
            known.add((person.pk, organisation.pk))
            new.append({"person": person, "organisation": organisation, "function": function})
    return store.create_many(actor, Affiliation, new)


@command
def change_affiliation(*, actor: Actor, affiliation_id: int, **values: Any) -> Affiliation:
    """Correct what somebody does in an organisation, or say until when. Raises `NotFound`."""
    affiliation = store.lock(Affiliation, affiliation_id)
    _require_change(actor, affiliation.person)
    dates = {"since": affiliation.since, "until": affiliation.until, **values}
    require_order(dates, "since", "until")
    store.change(actor, affiliation, **values)
    return affiliation


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


def _require_change_of_all(actor: Actor, holder: type[Holder], pks: set[int]) -> None:
    """The right must reach each of them, and those that are not there are found out."""
    right = f"crm.{holder._meta.model_name}.change"
    records = list(store.rows(holder).filter(pk__among=pks))
    if len(records) < len(pks):
        raise NotFound
    if not all(actor.covered(right, records)):
        raise actor.refusal(right)
