"""What sort of values a column of a model holds."""

from __future__ import annotations

from typing import Any

from django.db import models

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.fields import Translated, Words

DIRECTORY = ("owner_id", "team_id")


def kind_of(column: models.Field[Any, Any]) -> Kind:
    """What conditions, pages and formulas take its values for."""
    if column.choices:
        return Kind.CHOICE
    if isinstance(column, models.ForeignKey) or column.name in DIRECTORY:
        return Kind.REFERENCE
    if column.name.endswith("_minor") and any(
        other.name == "currency" for other in column.model._meta.concrete_fields
    ):
        return Kind.MONEY
    for types, kind in _KINDS:
        if isinstance(column, types):
            return kind
    return Kind.TEXT


_KINDS: tuple[tuple[tuple[type[Any], ...], Kind], ...] = (
    ((models.BooleanField,), Kind.BOOLEAN),
    ((models.DateTimeField,), Kind.DATETIME),
    ((models.DateField,), Kind.DATE),
    ((models.IntegerField, models.DecimalField, models.FloatField), Kind.NUMBER),
    ((Words,), Kind.WORDS),
    ((Translated, models.JSONField, models.TextField, models.CharField), Kind.TEXT),
)
