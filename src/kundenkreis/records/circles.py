"""Records that are part of records of their type: none is part of itself, nor of what is part of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from kundenkreis.kernel import store
from kundenkreis.kernel.errors import DomainError
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


def require_none(record: Any, values: Mapping[str, Any]) -> None:
    """Raise `DomainError` where a record would be part of itself with these values."""
    for field in above(type(record)):
        wanted = values.get(field.name)
        if wanted is not None and leads_back(field, wanted.pk, {record.pk}):
            raise DomainError(
                _("“%s” would be part of itself.") % record,
                _("“%s” is the same, or a part of it.") % wanted,
                _("Choose another record."),
                field=field.name,
            )


def untied(kept: Any, gone: Any) -> dict[str, Any]:
    """What the one that stays is part of instead, where that is the other one or a part of it: what
    the other one is part of, or nothing."""
    both, found = {kept.pk, gone.pk}, dict[str, Any]()
    for field in above(type(kept)):
        if leads_back(field, getattr(kept, field.attname), both):
            free = not leads_back(field, getattr(gone, field.attname), both)
            found[field.name] = getattr(gone, field.name) if free else None
    return found
