"""How people stand to each other: noting it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import Person, Relation
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named
from kundenkreis.records.write import create_record


@command
def add_relation(
    *, actor: Actor, person: Person, kind: str, other: Person, **values: Any
) -> Relation:
    """Note how one person stands to another.

    Raises `DomainError` for a person and themselves, or when it is known already.
    """
    if person == other:
        raise DomainError(
            _("Choose two different people."),
            _("Nobody has a relation to themselves."),
            field="other",
        )
    given = {"person": person, "kind": kind, "other": other, **values}
    made: Relation = create_record(named("relation"), actor, given)
    return made
