"""What the engine knows about one field, read from the Django model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.fields import Translated, Words
from kundenkreis.kernel.money import Money

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# The columns every record has; the models do not repeat their labels.
LABELS: dict[str, StrOrPromise] = {
    "owner_id": _("Owner"),
    "team_id": _("Team"),
    "created_at": _("Created"),
    "changed_at": _("Changed"),
    "id": _("Number"),
}
DIRECTORY = ("owner_id", "team_id")


@dataclass(frozen=True, slots=True)
class Info:
    """One field: its column, kind, label, and what it points at."""

    name: str
    column: models.Field[Any, Any]
    kind: Kind
    label: StrOrPromise
    related: type[models.Model] | None = None

    @property
    def directory(self) -> bool:
        """Whether its numbers name staff or a team."""
        return self.name in DIRECTORY

    @property
    def free(self) -> bool:
        """Whether it holds words that nobody has laid down, such as a source."""
        return self.kind is Kind.TEXT

    @property
    def several(self) -> bool:
        """Whether it holds a list of words, such as tags."""
        return self.kind is Kind.WORDS

    @property
    def worded(self) -> bool:
        """Whether what a menu offers for it are the words in use."""
        return self.free or self.several

    @property
    def translated(self) -> bool:
        """Whether it is a text in every language."""
        return isinstance(self.column, Translated)

    @property
    def sortable(self) -> bool:
        """Whether its own order means something: that of a reference or of JSON does not."""
        return self.comparable and not (
            self.related or self.directory or self.several or self.translated
        )

    @property
    def comparable(self) -> bool:
        """Whether conditions may speak of it."""
        json = isinstance(self.column, models.JSONField)
        return not json or self.several or self.translated

    @property
    def changeable(self) -> bool:
        return self.column.editable and not self.column.primary_key

    @property
    def numeric(self) -> bool:
        return self.kind in (Kind.NUMBER, Kind.MONEY) and self.name not in DIRECTORY

    def hidden(self, record: Any) -> bool:
        """Whether there is a related record that whoever read this one may not read."""
        there = self.related is not None and getattr(record, self.column.attname) is not None
        return there and getattr(record, self.name) is None

    def read(self, text: Any) -> Any:
        """A value from its plain form, as the audit keeps it."""
        return self.column.to_python(text)

    def value(self, record: Any) -> Any:
        """The value of a record: money as `Money`, references as the row they point at."""
        value = getattr(record, self.name)
        if self.kind is Kind.MONEY and value is not None:
            return Money(value, record.currency or "EUR")
        return value


@lru_cache(maxsize=2000)
def unique_beside(column: models.Field[Any, Any]) -> tuple[str, ...] | None:
    """The fields beside which a value may be there only once; None if it may be there again."""
    if column.unique:
        return ()
    constraints = column.model._meta.total_unique_constraints
    found = next((one.fields for one in constraints if column.name in one.fields), None)
    return None if found is None else tuple(name for name in found if name != column.name)


@lru_cache(maxsize=2000)
def info(model: type[models.Model], name: str) -> Info:
    """The field of that name. Raises `LookupError` when the model has none."""
    try:
        column = model._meta.get_field(name)
    except FieldDoesNotExist:
        raise LookupError(f"{model.__name__} has no field {name}") from None
    if not isinstance(column, models.Field):
        raise LookupError(f"{model.__name__}.{name} is no column")
    related = column.related_model if isinstance(column, models.ForeignKey) else None
    return Info(name, column, _kind(column), LABELS.get(name, column.verbose_name), related)


def names(model: type[models.Model]) -> list[str]:
    return [column.name for column in model._meta.concrete_fields]


def _kind(column: models.Field[Any, Any]) -> Kind:
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
