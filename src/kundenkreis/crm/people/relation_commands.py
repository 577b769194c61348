"""How customers stand to each other: noting it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import PERSONAL, Organisation, Person, Relation
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named
from kundenkreis.records.write import create_record


@command
def add_relation(
    *,
    actor: Actor,
    kind: str,
    person: Person | None = None,
    organisation: Organisation | None = None,
    other: Person | None = None,
    other_organisation: Organisation | None = None,
    **values: Any,
) -> Relation:
    """Note how one customer stands to another; either is a person or an organisation.

    Raises `DomainError` where one of the two is missing or named twice, for somebody and themselves,
    for family ties of an organisation, or when it is known already.
    """
    for one, firm, field in (
        (person, organisation, "person"), (other, other_organisation, "other"),
    ):  # fmt: skip
        if (one is None) is (firm is None):
            raise DomainError(
                _("Choose a person or an organisation, one of the two."),
                _("A relation is between two customers."),
                field=field,
            )
    if (person, organisation) == (other, other_organisation):
        raise DomainError(
            _("Choose two different people or organisations."),
            _("Nobody has a relation to themselves."),
            field="other",
        )
    if kind in PERSONAL and (organisation or other_organisation):
        raise DomainError(
            _("Only people are this to each other."),
            _("Choose another relation, or a person."),
            field="kind",
        )
    given = {
        "person": person, "organisation": organisation, "kind": kind, "other": other,
        "other_organisation": other_organisation, **values,
    }  # fmt: skip
    made: Relation = create_record(named("relation"), actor, given)
    return made
