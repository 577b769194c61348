"""How customers stand to each other: noting it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import Relation, RelationKind
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named
from kundenkreis.records.write import change_record, create_record

ENDS = ("person", "organisation", "other", "other_organisation")


@command
def add_relation(*, actor: Actor, kind: RelationKind, **values: Any) -> Relation:
    """Note how one customer stands to another; either is a person or an organisation.

    Raises `DomainError` where one of the two is missing or named twice, for somebody and themselves,
    for a kind that is not between such two or not offered any more, or when it is known already.
    """
    ends = {name: values.get(name) for name in ENDS}
    _require_ends(ends)
    _require_offered(kind)
    _require_fitting(kind, ends)
    _require_new(kind, ends)
    made: Relation = create_record(named("relation"), actor, {"kind": kind, **values})
    return made


@command
def change_relation(
    *, actor: Actor, relation_id: int, version: int | None = None, **values: Any
) -> Relation:
    """Change what is noted of two customers, by the rules by which it was noted.

    Raises `NotFound`, `NotAllowed`, `Conflict`, `DomainError` as `add_relation` does.
    """
    relation = store.lock(Relation, relation_id, version=version)
    ends = {name: values.get(name, getattr(relation, name)) for name in ENDS}
    kind = values.get("kind", relation.kind)
    if kind != relation.kind:
        _require_offered(kind)
    if values.keys() & {"kind", *ENDS}:
        _require_ends(ends)
        _require_fitting(kind, ends)
        _require_new(kind, ends, besides=relation.pk)
    changed: Relation = change_record(named("relation"), actor, relation_id, version, values)
    return changed


def _require_ends(ends: Mapping[str, Any]) -> None:
    for one, firm in (("person", "organisation"), ("other", "other_organisation")):
        if (ends[one] is None) is (ends[firm] is None):
            raise DomainError(
                _("Choose a person or an organisation, one of the two."),
                _("A relation is between two customers."),
                field=one,
            )
    if (ends["person"], ends["organisation"]) == (ends["other"], ends["other_organisation"]):
        raise DomainError(
            _("Choose two different people or organisations."),
            _("Nobody has a relation to themselves."),
            field="other",
        )


def _require_offered(kind: RelationKind) -> None:
    if kind.archived:
        raise DomainError(
            _("“%(kind)s” is not offered any more.") % {"kind": kind},
            _("Relations that are noted so stay as they are."),
            _("Choose another relation."),
            field="kind",
        )


def _require_fitting(kind: RelationKind, ends: Mapping[str, Any]) -> None:
    person, other = ends["person"] is not None, ends["other"] is not None
    if not kind.fits(person=person, other=other):
        words = {"kind": kind, "one": kind.get_begins_display(), "other": kind.get_ends_display()}
        raise DomainError(
            _("“%(kind)s” is not between these two.") % words,
            _("It begins with: %(one)s, and leads to: %(other)s.") % words,
            _("Choose another relation, or somebody else."),
            field="kind",
        )


def _require_new(kind: RelationKind, ends: Mapping[str, Any], besides: int = 0) -> None:
    if is_noted_turned(kind, ends, besides):
        raise DomainError(
            _("This is known already."),
            _("It is noted from the other of the two, and reads the same from both."),
            _("Open the relation there to change it."),
            field="kind",
        )


def is_noted_turned(kind: RelationKind, ends: Mapping[str, Any], besides: int = 0) -> bool:
    """Whether what two are to each other is noted from the other of the two already: it is noted
    once, whichever of them is named first. The same way round, the table knows."""
    if not kind.symmetric:
        return False
    turned = dict(zip(ENDS, (ends[name] for name in (*ENDS[2:], *ENDS[:2])), strict=True))
    return store.rows(Relation).filter(kind=kind, **turned).exclude(pk=besides).exists()
