"""New persons and organisations with how to reach them and where they work: many at once, or one.

One set of rules: making one is making a set of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import erased
from kundenkreis.crm.people.contact_values import detail_columns
from kundenkreis.crm.people.models import Affiliation, ContactDetail, Organisation, Person
from kundenkreis.crm.people.origins import proposed
from kundenkreis.crm.people.postal import PARTS, postal_from
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.errors import DomainError

WAYS = ("email", "phone")
POSTAL = str(ContactDetail.Kind.POSTAL)


@dataclass(slots=True)
class _Draft[R: Person | Organisation]:
    """Somebody to be made: columns, addresses in their normal form, and where they work."""

    values: dict[str, Any]
    ways: dict[str, dict[str, Any]] = field(default_factory=dict)
    organisation: Organisation | None = None
    function: str = ""
    made: R | None = None


def only[R](made: list[R | DomainError]) -> R:
    """The one that was made. Raises why it was not."""
    (found,) = made
    if isinstance(found, DomainError):
        raise found
    return found


def make_many[R: Person | Organisation](
    actor: Actor, model: type[R], rows: Sequence[Mapping[str, Any]]
) -> list[R | DomainError]:
    """Make them with all that belongs to them; a row that is refused leaves the others alone."""
    name = model._meta.model_name
    actor.require(f"crm.{name}.create")
    found: list[_Draft[R] | DomainError] = []
    for row in rows:
        try:
            found.append(_draft(actor, model, row))
        except DomainError as error:
            found.append(error)
    if actor.via in erased.BY_THEMSELVES:
        _refuse_erased(found)
    owner = {"owner_id": actor.user_id}
    drafts = [one for one in found if not isinstance(one, DomainError)]
    for draft, made in zip(
        drafts,
        store.create_many(actor, model, [one.values for one in drafts], derived=owner),
        strict=True,
    ):
        draft.made = made
    _add_ways(actor, str(name), drafts)
    _add_affiliations(actor, drafts)
    return [one if isinstance(one, DomainError) else _made(one) for one in found]


def _draft[R: Person | Organisation](
    actor: Actor, model: type[R], row: Mapping[str, Any]
) -> _Draft[R]:
    # Without an empty owner, so that whoever makes a record has it.
    values = {n: value for n, value in row.items() if n != "owner_id" or value is not None}
    addresses = {kind: str(values.pop(kind, "") or "") for kind in WAYS}
    postal = postal_from({**values, **{n: values.pop(n, "") for n in _PARTS[model]}})
    draft = _Draft[R](values)
    if model is Person:
        draft.organisation, draft.function = (
            values.pop("organisation", None),
            str(values.pop("function", "") or ""),
        )
        _require_name(values)
        _propose_origin(actor, values)
    owner = values.get("owner_id", actor.user_id)
    probe = SimpleNamespace(owner_id=owner, team_id=values.get("team_id"))
    name = model._meta.model_name
    if not actor.covers(f"crm.{name}.create", probe):
        raise actor.refusal(f"crm.{name}.create")
    for kind, text in addresses.items():
        if text:
            draft.ways[kind] = _way(kind, text)
    if postal:
        draft.ways[POSTAL] = detail_columns(POSTAL, "", postal.columns)
    if (draft.ways or draft.organisation) and not actor.covers(f"crm.{name}.change", probe):
        raise actor.refusal(f"crm.{name}.change")
    return draft


def _refuse_erased(found: list[_Draft[Any] | DomainError]) -> None:
    """Put the error in the place of whoever was erased; one question, however many they are."""
    drafts = {n: one for n, one in enumerate(found) if not isinstance(one, DomainError)}
    asked = [(one.ways, str(one.values.get("customer_number") or "")) for one in drafts.values()]
    refused = erased.refusals(asked)
    for place, error in refused.items():
        found[list(drafts)[place]] = error


def _require_name(values: Mapping[str, Any]) -> None:
    if not any(values.get(name) for name in ("first_name", "last_name", "customer_number")):
        raise DomainError(
            _("Enter a name."),
            _("A person needs a first or last name, or a customer number."),
            field="last_name",
        )


def _propose_origin(actor: Actor, values: dict[str, Any]) -> None:
    """What nobody said of how the data came in is said by source and legal basis."""
    said = (str(values.get(name) or "") for name in ("source", "legal_basis"))
    if not values.get("origin") and actor.sets("crm.person", "origin"):
        values["origin"] = proposed(*said)


def _parts_of(model: type[Any]) -> list[str]:
    """The parts of a postal address that are no columns of the type itself, as an organisation's
    country is."""
    own = {column.name for column in model._meta.concrete_fields}
    return [name for name in PARTS if name not in own]


_PARTS: Mapping[type[Any], list[str]] = {
    model: _parts_of(model) for model in (Person, Organisation)
}


def _way(kind: str, text: str) -> dict[str, Any]:
    try:
        return detail_columns(kind, text, {})
    except DomainError as error:
        raise DomainError(error.what, error.why, error.hint, field=kind) from error


def _add_ways(actor: Actor, holder: str, drafts: Sequence[_Draft[Any]]) -> None:
    """The first of its kind is the preferred one."""
    details = [
        {holder: draft.made, "kind": kind, "is_primary": True, **columns}
        for draft in drafts
        for kind, columns in draft.ways.items()
    ]
    store.create_many(actor, ContactDetail, details)


def _add_affiliations(actor: Actor, drafts: Sequence[_Draft[Any]]) -> None:
    roles = [
        {"person": draft.made, "organisation": draft.organisation, "function": draft.function}
        for draft in drafts
        if draft.organisation is not None
    ]
    store.create_many(actor, Affiliation, roles)


def _made[R: Person | Organisation](draft: _Draft[R]) -> R:
    assert draft.made is not None  # noqa: S101 - the store has made all or none
    return draft.made
