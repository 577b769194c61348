"""Records that are part of records of their type: of two that become one, one may be above the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import ForeignKey

from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side, side_of_label


def above(model: type[Any]) -> Iterator[ForeignKey[Any, Any]]:
    """The columns by which records of a type are part of each other, such as `parent`."""
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.related_model is model:
            yield field


def leads_back(field: ForeignKey[Any, Any], pk: int | None, both: set[int]) -> bool:
    """Whether a record is one of the two, or above it stands one of them."""
    rows, seen = (
        store.stored(side_of_label(field.model._meta.app_label) or Side.CRM, field.model),
        set[int](),
    )
    while pk is not None and pk not in seen:
        if pk in both:
            return True
        seen.add(pk)
        pk = rows.filter(pk=pk).values_list(field.attname, flat=True).first()
    return False


def untied(kept: Any, gone: Any) -> dict[str, Any]:
    """What the one that stays is part of instead, where that is the other one or a part of it: what
    the other one is part of, or nothing."""
    both, found = {kept.pk, gone.pk}, dict[str, Any]()
    for field in above(type(kept)):
        if leads_back(field, getattr(kept, field.attname), both):
            free = not leads_back(field, getattr(gone, field.attname), both)
            found[field.name] = getattr(gone, field.name) if free else None
    return found
