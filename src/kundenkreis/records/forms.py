"""Forms made from a type's declaration; their values go to the type's commands as they are.

A form never touches the record: the command sees the old values and the new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.kernel import recipients
from kundenkreis.kernel.access import subject_of
from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.fields import Translated, is_custom
from kundenkreis.kernel.money import to_minor
from kundenkreis.kernel.text import normal
from kundenkreis.records import directory, fields, registry
from kundenkreis.records.custom import layout
from kundenkreis.records.fields import Info, info, kept, unique_beside
from kundenkreis.records.formfields import (
    ChoicesField,
    ClockField,
    DayField,
    InstantField,
    MoneyField,
    NumberField,
    ReferenceField,
    TranslatedField,
    WordsField,
)
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Column, RecordType

MAX_CHOICES = 200
LONGEST = 2_000  # characters of a first value that an address gives, such as the corners of an area
BLANK = ("", "–")


class RecordForm(forms.Form):
    """The fields of one record; `record` is None for a new one.

    `fields` are form fields that were made before, for a form per row.
    """

    def __init__(
        self,
        kind: RecordType,
        viewer: Viewer,
        names: Iterable[str],
        data: Mapping[str, Any] | None = None,
        *,
        record: Any = None,
        initial: Mapping[str, Any] | None = None,
        fields: Mapping[str, forms.Field] | None = None,
    ) -> None:
        self.kind, self.record = kind, record
        super().__init__(data, initial=dict(initial or {}), prefix=None)
        for name in names:
            made = fields.get(name) if fields else None
            self.fields[name] = made or of_input(kind, name, viewer)
            if record is not None:
                way = kind.way(name)
                if way and way.read:
                    self.initial[name] = way.read(record)
                else:
                    self._begin_with(info(kind.model, name))

    def _begin_with(self, found: Info) -> None:
        """What the record has; also what nobody is offered any more."""
        value = self.initial[found.name] = self._initial(found)
        field = self.fields[found.name]
        limited = (
            isinstance(found.column, models.ForeignKey) and found.column.get_limit_choices_to()
        )
        if isinstance(field, forms.ModelChoiceField) and limited and value is not None:
            field = self.fields[found.name] = deepcopy(field)
            field.queryset |= type(value)._default_manager.filter(pk=value.pk)
        if found.directory and isinstance(field, forms.ChoiceField) and value is not None:
            offered = cast("list[tuple[Any, Any]]", field.choices)
            if str(value) not in {str(number) for number, _label in offered}:
                field = self.fields[found.name] = deepcopy(field)
                field.choices = [*offered, (value, directory.Directory(()).name(found.name, value))]

    def _initial(self, found: Info) -> Any:
        value = getattr(self.record, found.name)
        field = self.fields[found.name]
        if isinstance(field, MoneyField):
            return field.shown(value, self._currency(found))
        return value

    def _currency(self, found: Info) -> str:
        chosen = self.cleaned_data.get("currency") if hasattr(self, "cleaned_data") else None
        stored = getattr(self.record, "currency", None)
        return found.currency_among(chosen, stored)

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or self.cleaned_data)
        inputs = {one.name for one in self.kind.inputs}
        for name, field in self.fields.items():
            value = values.get(name)
            if isinstance(field, MoneyField) and value is not None:
                values[name] = to_minor(value, self._currency(info(self.kind.model, name)))
            elif name in values:
                values[name] = settled(value)
            if name in values and name not in inputs:
                self._check_unique(info(self.kind.model, name), values)
        return values

    def _check_unique(self, found: Info, values: dict[str, Any]) -> None:
        column = found.column
        if values[found.name] == "" and column.null:
            values[found.name] = None
        beside = unique_beside(column)
        if beside is None or values[found.name] is None:
            return
        stored = self.record if self.record is not None else self.kind.model()
        rest = {name: values[name] if name in values else kept(stored, name) for name in beside}
        wanted = {found.name: values[found.name], **rest}
        same = self.kind.model._default_manager.filter(**wanted)
        if self.record is not None:
            same = same.exclude(pk=self.record.pk)
        if same.exists():
            message = _("This is already taken by another record.")
            self.add_error(found.name, message)


def settled(value: Any) -> Any:
    """A value as it is stored: texts in their one normal form."""
    return normal(value).strip() if isinstance(value, str) else value


def field_of(found: Info, viewer: Viewer) -> forms.Field:
    """The form field for one field of a model."""
    column = found.column
    options: dict[str, Any] = {
        "label": found.label,
        "help_text": column.help_text,
        "required": not column.blank and found.kind is not Kind.BOOLEAN,
    }
    if found.directory:
        return DirectoryField(found, viewer, **options | {"required": False})
    match found.kind:
        case Kind.REFERENCE:
            return _reference(found, viewer, options)
        case Kind.CHOICE:
            return Choice(column.flatchoices, str, **options)
        case Kind.MONEY:
            return MoneyField(**options)
        case Kind.NUMBER:
            whole = isinstance(column, models.IntegerField) or not getattr(
                column, "decimal_places", True
            )
            return NumberField(whole=whole, column=column.formfield(localize=False), **options)
        case Kind.DATE:
            return DayField(**options)
        case Kind.DATETIME:
            return InstantField(**options)
        case Kind.TIME:
            return ClockField(**options)
        case Kind.BOOLEAN:
            return forms.BooleanField(**options)
        case Kind.WORDS if column.choices:
            return ChoicesField(choices=column.flatchoices, **options)
        case Kind.WORDS:
            kind = registry.of_model(column.model)
            return WordsField(address=kind.url("words", found.name) if kind else "", **options)
    return _text(column, options)


def _text(column: models.Field[Any, Any], options: dict[str, Any]) -> forms.Field:
    if isinstance(column, Translated):
        return TranslatedField(**options)
    if isinstance(column, models.URLField):
        options["assume_scheme"] = "https"
    field = column.formfield(**options)
    if field is None:
        raise LookupError(f"{column} cannot be typed into a form")
    if isinstance(column, models.TextField):
        field.widget = forms.Textarea(attrs={"rows": 3})
    return field


def _reference(found: Info, viewer: Viewer, options: dict[str, Any]) -> forms.Field:
    kind = registry.of_model(found.related)
    if kind is not None and not kind.few:
        return ReferenceField(kind=kind, viewer=viewer, **options)
    if found.related is None:
        raise LookupError(f"{found.name} points nowhere")
    rows = kind.rows(viewer) if kind else found.related._default_manager.all()
    if isinstance(found.column, models.ForeignKey):
        rows = rows.complex_filter(found.column.get_limit_choices_to())
    nothing = gettext_lazy("– please choose –")
    return forms.ModelChoiceField(
        queryset=rows, blank=not options["required"], empty_label=nothing, **options
    )


class Choice(forms.TypedChoiceField):
    """One of a few values; nothing, where it is not required."""

    def __init__(self, choices: Iterable[Any], of: Callable[[Any], Any], **options: Any) -> None:
        offered = list(choices)[:MAX_CHOICES]
        if not options["required"]:
            offered.insert(0, BLANK)
        super().__init__(
            choices=offered,
            coerce=of,
            empty_value=None if of is int else "",
            error_messages={"invalid_choice": gettext_lazy("Choose one of the suggestions.")},
            **options,
        )


class DirectoryField(Choice):
    """A team, or a member of staff who may open records of the type; of others it says why not.

    `everybody` are the names that texts are compared with, whether they may be chosen or not.
    """

    def __init__(self, found: Info, viewer: Viewer, **options: Any) -> None:
        self.name, self.model = found.name, found.column.model
        self.viewer = viewer
        right = f"{subject_of(self.model)}.read"
        super().__init__(directory.choices(self.name, viewer, right), int, **options)

    @property
    def everybody(self) -> list[tuple[int, str]]:
        return directory.choices(self.name, self.viewer)

    def validate(self, value: Any) -> None:
        if value and self.name == "owner_id" and not self.valid_value(value):
            for error in recipients.refused(self.model, {whole(str(value)) or 0}).values():
                raise forms.ValidationError(str(error))
        super().validate(value)


def changeable(kind: RecordType, names: Iterable[str | Column]) -> list[str]:
    """Those of the names that are fields people may change."""
    texts = [name if isinstance(name, str) else name.name for name in names]
    known = set(fields.names(kind.model))
    return [name for name in texts if name in known and info(kind.model, name).changeable]


def form_names(kind: RecordType, viewer: Viewer) -> list[str]:
    """The fields of a new record that the viewer may set: of those declared and the company's own,
    else of all facts that may be changed."""
    facts = changeable(kind, layout.fact_names(kind, viewer))
    names = [*kind.form, *filter(is_custom, facts)] if kind.form else facts
    left = layout.left_out(kind, viewer)
    asked = [name for name in names if name not in left or _is_required(kind, name)]
    return layout.ordered(kind, viewer, [name for name in asked if kind.sets(viewer, name)])


def _is_required(kind: RecordType, name: str) -> bool:
    return not info(kind.model, name).column.blank


def initial_from(
    kind: RecordType, viewer: Viewer, names: Iterable[str], parameters: Mapping[str, str]
) -> dict[str, Any]:
    """First values of a new record's form: what its type presets, the columns' defaults, and over
    them those of its address, `?organisation=12&source=Messe`."""
    found: dict[str, Any] = {"owner_id": viewer.user_id}
    known, preset = set(fields.names(kind.model)), kind.preset(viewer) if kind.preset else {}
    for name in names:
        if name in preset:
            found[name] = preset[name]
        elif name in known and (default := info(kind.model, name).column.get_default()):
            found[name] = default
        text = parameters.get(name, "")
        if not text:
            continue
        target = of_input(kind, name, viewer)
        if isinstance(target, ReferenceField):
            found[name] = target.kind.rows(viewer).filter(pk=whole(text)).first()
        else:
            found[name] = text[:LONGEST]
    return found


def of_input(kind: RecordType, name: str, viewer: Viewer) -> forms.Field:
    """The form field of a name: a declared input, or a field of the model."""
    for one in kind.inputs:
        if one.name == name:
            return one.make(viewer)
    return field_of(info(kind.model, name), viewer)
