"""What customers can be to each other: the company's own list of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import RelationKind
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.conditions import caseless
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named
from kundenkreis.records.write import change_record, create_record


@command
def add_relation_kind(*, actor: Actor, **values: Any) -> RelationKind:
    """Offer another kind of relation. Raises `DomainError` for a name that another one has."""
    _require_own_name(values)
    made: RelationKind = create_record(named("relationkind"), actor, values)
    return made


@command
def change_relation_kind(
    *, actor: Actor, relationkind_id: int, version: int | None = None, **values: Any
) -> RelationKind:
    """Change a kind of relation; relations that are noted so read anew.

    Raises `NotFound`, `NotAllowed`, `Conflict`; `DomainError` for a name that another one has.
    """
    _require_own_name(values, besides=relationkind_id)
    kind = named("relationkind")
    changed: RelationKind = change_record(kind, actor, relationkind_id, version, values)
    return changed


def _require_own_name(values: dict[str, Any], besides: int = 0) -> None:
    """A file names kinds by their words, in whatever language: no two have the same."""
    wanted = {caseless(text) for text in values.get("label", {}).values()}
    for other in store.rows(RelationKind).exclude(pk=besides):
        if wanted & {caseless(text) for text in other.label.values() if text}:
            raise DomainError(
                _("There is a kind of relation that is called so."),
                _("Files and menus name kinds by their words."),
                _("Choose other words, or change “%(kind)s”.") % {"kind": other},
                field="label",
            )
