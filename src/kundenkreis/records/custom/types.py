"""What types of fields a company may define, and how a value of each is kept, shown and typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.fields import Words, translated
from kundenkreis.kernel.shapes import DIGITS
from kundenkreis.records import registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from kundenkreis.records.models import FieldDefinition

    Column = models.Field[Any, Any]

TEXT_LENGTH = 500
FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class FieldType:
    """One type: `shape` is how values lie in JSON (`kernel.shapes`), `column` what they are to
    forms and pages, as if they had a column of their own; `ordered` ones have an index; `options`
    names what else is said of a field of this type."""

    label: StrOrPromise
    about: StrOrPromise
    icon: str
    shape: str
    kind: Kind
    column: Callable[[FieldDefinition, dict[str, Any]], Column]
    searched: bool = False
    unique: bool = False
    filterable: bool = True
    ordered: bool = True
    options: tuple[str, ...] = ()


def _plain(of: Any, **fixed: Any) -> Callable[[FieldDefinition, dict[str, Any]], Column]:
    return lambda _definition, options: of(**fixed, **options)


def _number(definition: FieldDefinition, options: dict[str, Any]) -> Column:
    places = int(definition.options.get("places", 0))
    return models.DecimalField(max_digits=DIGITS, decimal_places=places, **options)


def _choice(definition: FieldDefinition, options: dict[str, Any]) -> Column:
    return models.CharField(max_length=40, choices=_offered(definition), **options)


def _choices(definition: FieldDefinition, options: dict[str, Any]) -> Column:
    return Words(choices=_offered(definition), **options)


def _offered(definition: FieldDefinition) -> list[tuple[str, Any]]:
    return [(one["value"], said(one["label"])) for one in definition.choices]


def _relation(definition: FieldDefinition, options: dict[str, Any]) -> Column:
    target = registry.named(definition.options["target"]).model
    return models.ForeignKey(target, models.DO_NOTHING, **options)


FIELD_TYPES: Mapping[str, FieldType] = {
    "text": FieldType(
        pgettext_lazy("type of field", "Text"), _("One line, such as a name or a code"),
        "text-cursor-input", "text", Kind.TEXT,
        _plain(models.CharField, max_length=TEXT_LENGTH), searched=True, unique=True,
    ),
    "long_text": FieldType(
        _("Long text"), _("Several lines, such as a description"), "align-left", "text", Kind.TEXT,
        _plain(models.TextField), searched=True, filterable=False,
    ),
    "number": FieldType(
        pgettext_lazy("type of field", "Number"), _("To compare, sort and add up"), "hash", "number", Kind.NUMBER,
        _number, unique=True, options=("places",),
    ),
    "money": FieldType(
        _("Amount of money"), _("With its currency"), "euro", "whole", Kind.MONEY,
        _plain(models.BigIntegerField), options=("currency",),
    ),
    "date": FieldType(
        _("Date"), _("A day without a time"), "calendar", "day", Kind.DATE,
        _plain(models.DateField),
    ),
    "time": FieldType(
        _("Time of day"), _("Such as the beginning of opening hours"), "clock", "time", Kind.TIME,
        _plain(models.TimeField),
    ),
    "datetime": FieldType(
        _("Date and time"), _("A moment, in everybody's own time zone"), "calendar-clock",
        "instant", Kind.DATETIME, _plain(models.DateTimeField),
    ),
    "choice": FieldType(
        _("Choice"), _("One of a list that you lay down"), "circle-dot", "text", Kind.CHOICE,
        _choice, options=("choices",),
    ),
    "choices": FieldType(
        _("Several choices"), _("Any number of a list that you lay down"), "list-checks", "words",
        Kind.WORDS, _choices, ordered=False, options=("choices",),
    ),
    "boolean": FieldType(
        _("Yes or no"), _("A tick"), "square-check", "boolean", Kind.BOOLEAN,
        _plain(models.BooleanField),
    ),
    "relation": FieldType(
        _("Record"), _("Names another record, and leads to it"), "link-2", "whole", Kind.REFERENCE,
        _relation, options=("target",),
    ),
    "url": FieldType(
        _("Web address"), _("Opens with a click"), "globe", "text", Kind.TEXT,
        _plain(models.URLField, max_length=TEXT_LENGTH), searched=True, unique=True,
    ),
    "email": FieldType(
        _("E-mail address"), _("Checked for its form"), "mail", "text", Kind.TEXT,
        _plain(models.EmailField), searched=True, unique=True,
    ),
    "phone": FieldType(
        _("Phone number"), _("In any notation"), "phone", "text", Kind.TEXT,
        _plain(models.CharField, max_length=60), searched=True, unique=True,
    ),
    "formula": FieldType(
        _("Formula"), _("Worked out from other fields of the record"), "sigma", "", Kind.TEXT,
        _plain(models.CharField, max_length=TEXT_LENGTH), options=("formula", "places"),
    ),
}  # fmt: skip


def type_of(definition: FieldDefinition) -> FieldType:
    """The type of a field; a formula's is like that of what it gives."""
    found = FIELD_TYPES[definition.type]
    if definition.type != FORMULA:
        return found
    gives = FIELD_TYPES[definition.options["result"]]
    return replace(
        gives, label=found.label, about=found.about, icon=found.icon, options=found.options,
        searched=False, unique=False,
    )  # fmt: skip


def said(texts: Mapping[str, str]) -> Any:
    """A translated text that is read in the language of whoever sees it."""
    return lazy(lambda: translated(texts), str)()


def column_of(definition: FieldDefinition, model: type[models.Model]) -> Column:
    """A field of the ORM that is no column of the model, but knows all that forms ask of one."""
    options = {
        "verbose_name": said(definition.label),
        "help_text": said(definition.help),
        "null": True,
        "blank": not definition.required,
        "unique": definition.unique,
        "editable": not definition.archived and definition.type != FORMULA,
    }
    column = definition.fieldtype.column(definition, options)
    column.set_attributes_from_name(definition.name)
    column.model = model
    return column
