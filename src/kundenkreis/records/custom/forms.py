"""The form in which an administrator says what a field of a record type is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kundenkreis.kernel.money import CURRENCIES, CURRENCY, to_minor
from kundenkreis.kernel.shapes import SHAPES
from kundenkreis.records.custom import computing, definitions, formulas, layout
from kundenkreis.records.custom.choicerows import ChoiceRows
from kundenkreis.records.custom.defining import MOST_FILTERABLE
from kundenkreis.records.custom.options import MOST_PLACES, clean, offered_targets
from kundenkreis.records.custom.types import FIELD_TYPES, FORMULA
from kundenkreis.records.fields import info_of
from kundenkreis.records.formfields import MoneyField, TranslatedField
from kundenkreis.records.forms import field_of
from kundenkreis.records.formulas.tree import MOST_SIGNS
from kundenkreis.records.models import FieldDefinition

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

_SETTINGS = ("label", "help", "required", "unique", "filterable", "section", "purpose")


class FieldForm(forms.Form):
    """What may be said of a field of one type; `definition` is the one that is changed."""

    def __init__(
        self,
        kind: RecordType,
        viewer: Viewer,
        sort: str,
        data: Mapping[str, Any] | None = None,
        definition: FieldDefinition | None = None,
    ) -> None:
        self.kind, self.viewer, self.sort = kind, viewer, sort
        self.definition = definition
        super().__init__(data, initial=self._known())
        self.fields["label"] = TranslatedField(label=pgettext("field", "Name"), required=True)
        for name in FIELD_TYPES[sort].options:
            self.fields[name] = _OPTIONS[name](self)
        self.fields["help"] = TranslatedField(
            label=_("Help"), required=False, help_text=_("Stands below the input.")
        )
        self._add_rules()
        self.fields["section"] = forms.ChoiceField(
            label=_("Group"),
            choices=[(one.key, one.title) for one in layout.shipped(kind)],
            help_text=_("Where the page of a record shows it."),
        )
        self.fields["purpose"] = forms.ChoiceField(
            label=_("Why it is kept"),
            choices=FieldDefinition.Purpose.choices,
            help_text=_("For the record of processing activities (GDPR Art. 30)."),
        )

    def values(self) -> dict[str, Any]:
        """What was typed, as the commands take it."""
        data = self.cleaned_data
        found = {name: data[name] for name in _SETTINGS if name in data}
        options = {name: data[name] for name in FIELD_TYPES[self.sort].options}
        return {**found, "options": options, "default": self._default(options)}

    def draft(self) -> FieldDefinition:
        """The field as it would be, for a preview; nothing is stored. Raises `DomainError`."""
        values = self.values()
        name = self.definition.name if self.definition is not None else ""
        values["options"] = clean(self.kind, self.sort, values["options"], name)
        return FieldDefinition(kind=self.kind.name, key="preview", type=self.sort, **values)

    def _add_rules(self) -> None:
        sort, rules = FIELD_TYPES[self.sort], []
        if self.sort not in ("boolean", FORMULA):
            rules.append(("required", _("Must be filled in"), ""))
        if sort.unique:
            help_text = _("No two records may have the same value.")
            rules.append(("unique", _("Unique"), help_text))
        if sort.filterable:
            help_text = _(
                "Lists can be filtered, sorted and grouped by it. Without it the field is only shown. "
                "Each makes saving a little slower, so up to %(n)s fields of a type can be so."
            ) % {"n": MOST_FILTERABLE}
            rules.append(("filterable", _("For filtering and sorting"), help_text))
        for name, label, help_text in rules:
            self.fields[name] = forms.BooleanField(label=label, help_text=help_text, required=False)
        if self._may_start():
            self.fields["default"] = self._input(self.definition)

    def _may_start(self) -> bool:
        """Choices must be there before one of them can be what new records start with."""
        known = self.definition is not None or "choices" not in FIELD_TYPES[self.sort].options
        return known and self.sort not in ("relation", "choices", FORMULA)

    def _input(self, definition: FieldDefinition | None) -> forms.Field:
        options = definition.options if definition is not None else {"places": MOST_PLACES}
        probe = FieldDefinition(kind=self.kind.name, key="default", type=self.sort, options=options)
        made = field_of(info_of(self.kind.model, probe), self.viewer)
        made.required, made.label = False, _("New records start with")
        return made

    def _known(self) -> dict[str, Any]:
        found = self.definition
        if found is None:
            room = sum(one.filterable for one in definitions.in_use(self.kind.model))
            return {
                "purpose": FieldDefinition.Purpose.BUSINESS,
                "filterable": FIELD_TYPES[self.sort].filterable and room < MOST_FILTERABLE,
            }
        known = {name: getattr(found, name) for name in _SETTINGS}
        if found.type == FORMULA:
            text = formulas.shown(self.kind, found.options["formula"])
            return {**known, **found.options, "formula": text}
        start = None if found.default is None else SHAPES[found.fieldtype.shape].read(found.default)
        if found.type == "money":
            start = MoneyField().shown(start, found.options.get("currency") or CURRENCY)
        return {**known, **found.options, "default": start}

    def _default(self, options: Mapping[str, Any]) -> Any:
        value = self.cleaned_data.get("default")
        if value in (None, "", False):
            return None
        if self.sort == "money":
            value = to_minor(value, options.get("currency") or CURRENCY)
        return SHAPES[FIELD_TYPES[self.sort].shape].write(value)


def _places(form: FieldForm) -> forms.Field:
    return forms.TypedChoiceField(
        label=_("Decimal places"),
        choices=[(str(n), str(n)) for n in range(MOST_PLACES + 1)],
        coerce=int,
        initial=computing.PLACES if form.sort == FORMULA else 0,
        help_text=_("Where it gives a number.") if form.sort == FORMULA else "",
    )


def _currency(form: FieldForm) -> forms.Field:
    choices = [(code, code) for code in sorted(CURRENCIES)]
    if any(one.name == "currency" for one in form.kind.model._meta.concrete_fields):
        choices.insert(0, ("", str(_("That of the record"))))
    return forms.ChoiceField(
        label=_("Currency"), choices=choices, required=False, initial=choices[0][0] or ""
    )


def _choices(form: FieldForm) -> forms.Field:
    return ChoiceRows(label=_("Choices"), required=False)


def _target(form: FieldForm) -> forms.Field:
    return forms.ChoiceField(
        label=_("Names"),
        choices=[(one.name, one.title) for one in offered_targets(form.kind)],
        help_text=gettext_lazy("Whoever may not read such a record does not see it here either."),
    )


def _formula(form: FieldForm) -> forms.Field:
    return forms.CharField(
        label=_("Formula"),
        max_length=MOST_SIGNS,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            "Fields in square brackets, texts in quotation marks, parts of a function separated by"
            " semicolons. Decimals with a point or a comma, thousands without a mark."
        ),
    )


_OPTIONS: dict[str, Callable[[FieldForm], forms.Field]] = {
    "places": _places,
    "currency": _currency,
    "choices": _choices,
    "target": _target,
    "formula": _formula,
}
