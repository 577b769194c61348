"""What the engine knows about one field: from the Django model, or from the company's definition.

Whatever asks here, and reads values by `getattr` and columns by their name, works with fields that
the company has defined (`custom__color`) as with those of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Value
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel import audit
from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.custom import CustomValue
from kundenkreis.kernel.fields import Translated, is_custom
from kundenkreis.kernel.money import CURRENCY, Money
from kundenkreis.kernel.shapes import SHAPES
from kundenkreis.records.custom import definitions
from kundenkreis.records.custom.types import column_of
from kundenkreis.records.kinds import DIRECTORY, kind_of

if TYPE_CHECKING:
    from django.db.models import Expression
    from django_stubs_ext import StrOrPromise

    from kundenkreis.records.models import FieldDefinition

# The columns every record has; the models do not repeat their labels.
LABELS: dict[str, StrOrPromise] = {
    "owner_id": _("Owner"),
    "team_id": _("Team"),
    "created_at": _("Created"),
    "changed_at": _("Changed"),
    "id": _("Number"),
    "version": _("Version"),
}


@dataclass(frozen=True, slots=True)
class Info:
    """One field: its column, kind, label, and what it points at."""

    name: str
    column: models.Field[Any, Any]
    kind: Kind
    label: StrOrPromise
    related: type[models.Model] | None = None
    definition: FieldDefinition | None = None

    @property
    def sql(self) -> Expression | F:
        """Its stored value in a query; one text for queries and indexes."""
        if self.definition is not None:
            return CustomValue(self.definition.key, self.shape, F("custom"))
        return F(self.column.attname)

    @property
    def sql_currency(self) -> Expression | F | None:
        """The currency beside an amount."""
        if self.kind is not Kind.MONEY:
            return None
        fixed = self.definition.options.get("currency") if self.definition is not None else ""
        return Value(fixed) if fixed else F("currency")

    @property
    def shape(self) -> str:
        return self.definition.fieldtype.shape if self.definition is not None else ""

    @property
    def nullable(self) -> bool:
        return bool(self.column.null)

    @property
    def words(self) -> tuple[str, str]:
        """How `kernel.wordindex` knows its words."""
        return str(self.column.model._meta.model_name), self.name

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
        return self.free or (self.several and not self.column.choices)

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
        """Whether conditions may speak of it; the company says so of its own fields."""
        if self.definition is not None:
            return self.definition.filterable
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
        number = None if self.related is None else getattr(record, self.column.attname)
        if number is None or getattr(record, self.name) is not None:
            return False
        # What a field of the company's own names may be gone; that is no secret.
        return self.definition is None or _exists(self.related, number)

    def read(self, text: Any) -> Any:
        """A value from its plain form, as the audit keeps it."""
        if self.definition is not None:
            return SHAPES[self.shape].read(text)
        return self.column.to_python(text)

    def plain(self, value: Any) -> Any:
        """A value as the audit would keep it. Raises `ValidationError` or `ValueError`."""
        if self.definition is not None:
            return None if value in (None, "", []) else SHAPES[self.shape].write(value)
        return audit.plain(self.column.to_python(value))

    def currency(self, record: Any) -> str:
        """The currency of a record's amount: the record's own, or what the definition says."""
        return self.currency_among(getattr(record, "currency", ""))

    def currency_among(self, *said: Any) -> str:
        """The currency of an amount: what the definition says, else the first that is said, else
        that of new records."""
        fixed = self.definition.options.get("currency") if self.definition is not None else ""
        return str(fixed or next(filter(None, said), "") or _usual_currency(self.column.model))

    def value(self, record: Any) -> Any:
        """The value of a record: money as `Money`, references as the row they point at."""
        value = getattr(record, self.name)
        if self.kind is Kind.MONEY and value is not None:
            return Money(value, self.currency(record))
        return value


def _usual_currency(model: type[models.Model]) -> str:
    """The currency of amounts of which nothing says it."""
    beside = next((one for one in model._meta.concrete_fields if one.name == "currency"), None)
    return (beside.get_default() if beside is not None else "") or CURRENCY


def _exists(model: type[models.Model] | None, pk: int) -> bool:
    return model is not None and model._default_manager.filter(pk=pk).exists()


@lru_cache(maxsize=2000)
def unique_beside(column: models.Field[Any, Any]) -> tuple[str, ...] | None:
    """The fields beside which a value may be there only once; None if it may be there again."""
    if column.unique:
        return ()
    constraints = column.model._meta.total_unique_constraints
    found = next((one.fields for one in constraints if column.name in one.fields), None)
    return None if found is None else tuple(name for name in found if name != column.name)


def kept(record: models.Model, name: str) -> Any:
    """What a record's column holds: of a reference the number, also where there is none yet."""
    return getattr(record, info(type(record), name).column.attname)


def info(model: type[models.Model], name: str) -> Info:
    """The field of that name. Raises `LookupError` when there is none."""
    return _custom(model, name) if is_custom(name) else _column(model, name)


def names(model: type[models.Model]) -> list[str]:
    """All fields by name: the model's columns, then those the company has defined."""
    return [*column_names(model), *(one.name for one in definitions.in_use(model))]


def column_names(model: type[models.Model]) -> list[str]:
    """Those that every installation has."""
    return [column.name for column in model._meta.concrete_fields]


def _custom(model: type[models.Model], name: str) -> Info:
    found = definitions.find(model, name)
    if found is None:
        raise LookupError(f"nobody has defined {name} for {model.__name__}")
    return info_of(model, found)


def info_of(model: type[models.Model], found: FieldDefinition) -> Info:
    """The field that a definition makes."""
    kept: dict[str, Any] = found.__dict__  # it lives as long as the definition is current
    if "_info" not in kept:
        column = column_of(found, model)
        related = column.related_model if isinstance(column, models.ForeignKey) else None
        kept["_info"] = Info(
            found.name, column, found.fieldtype.kind, column.verbose_name, related, found
        )
    made: Info = kept["_info"]
    return made


@lru_cache(maxsize=2000)
def _column(model: type[models.Model], name: str) -> Info:
    try:
        column = model._meta.get_field(name)
    except FieldDoesNotExist:
        raise LookupError(f"{model.__name__} has no field {name}") from None
    if not isinstance(column, models.Field):
        raise LookupError(f"{model.__name__}.{name} is no column")
    related = column.related_model if isinstance(column, models.ForeignKey) else None
    return Info(name, column, kind_of(column), LABELS.get(name, column.verbose_name), related)
