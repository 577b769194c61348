"""What somebody chooses to be done with many records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.text import normal
from kundenkreis.kernel.words import different
from kundenkreis.records.bulk.changes import Change, may_be_empty, names_of
from kundenkreis.records.fields import Info, info
from kundenkreis.records.forms import field_of
from kundenkreis.records.page.next_step import NO_DAY, PLANNING

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType

EMPTY = "empty"  # the names of the fields that are to be emptied
UNCHANGED = ("", "–")
NOTHING_CHOSEN = _("Choose what is to be changed.")


class ValuesForm(forms.Form):
    """New values for some fields; what is left blank stays as it is in every record."""

    def __init__(
        self,
        kind: RecordType,
        viewer: Viewer,
        names: Iterable[str],
        data: QueryDict | None = None,
    ) -> None:
        self.kind = kind
        super().__init__(data)
        allowed = names_of(kind, viewer)
        for name in (name for name in dict.fromkeys(names) if name in allowed):
            self.fields[name] = _input(info(kind.model, name), viewer)
        self.emptied = set(data.getlist(EMPTY) if data else ()) & set(self.fields)

    def rows(self) -> list[dict[str, Any]]:
        """Each input, whether it may be emptied, and whether it is to be."""
        return [
            {
                "field": self[name],
                "may_be_empty": may_be_empty(info(self.kind.model, name)),
                "emptied": name in self.emptied,
            }
            for name in self.fields
        ]

    def clean(self) -> dict[str, Any]:
        found = dict(super().clean() or self.cleaned_data)
        values = {
            name: normal(value).strip() if isinstance(value, str) else value
            for name, value in found.items()
            if value not in (None, "", [])
        }
        values |= {name: None for name in self.emptied if may_be_empty(info(self.kind.model, name))}
        if not values and not self.errors:
            raise forms.ValidationError(NOTHING_CHOSEN)
        return values

    @property
    def change(self) -> Change:
        return Change(self.cleaned_data)


class StepForm(ValuesForm):
    """The same next step for many records; it comes back on its day, so it needs one. It becomes
    the step of whoever is responsible for each record, or of one who is made so."""

    def __init__(self, kind: RecordType, viewer: Viewer, data: QueryDict | None = None) -> None:
        super().__init__(kind, viewer, (*PLANNING, "owner_id"), data)
        whose: Any = self.fields.get("owner_id")
        if whose is not None:
            whose.label = _("Whose step it becomes")
            whose.choices = [("", _("– of whoever is responsible already –")), *whose.choices[1:]]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if "next_step" in values and "next_step_on" not in values and not self.errors:
            self.add_error("next_step_on", NO_DAY)
        return values

    def rows(self) -> list[dict[str, Any]]:
        """Nobody is made responsible by leaving a step to nobody."""
        return [
            {**row, "may_be_empty": row["may_be_empty"] and row["field"].name != "owner_id"}
            for row in super().rows()
        ]


class TagsForm(forms.Form):
    """Tags to add and to remove: known ones that are ticked, and new ones with commas."""

    new = forms.CharField(label=_("New tags"), required=False, max_length=500)

    def __init__(self, known: list[str], data: QueryDict | None = None) -> None:
        super().__init__(data)
        choices = [(word, word) for word in known]
        for name, label in (("add", _("Add")), ("drop", _("Remove"))):
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )

    def clean(self) -> dict[str, Any]:
        found = dict(super().clean() or self.cleaned_data)
        added = different([*found.get("add", ()), found.get("new") or ""])
        if not added and not found.get("drop") and not self.errors:
            raise forms.ValidationError(NOTHING_CHOSEN)
        return {"add": added, "drop": found.get("drop", [])}

    @property
    def change(self) -> Change:
        return Change({}, {"tags": self.cleaned_data["add"]}, {"tags": self.cleaned_data["drop"]})


def _input(found: Info, viewer: Viewer) -> forms.Field:
    if found.kind is Kind.BOOLEAN:
        return forms.TypedChoiceField(
            label=found.label,
            choices=[UNCHANGED, ("1", _("yes")), ("0", _("no"))],
            coerce=lambda text: text == "1",
            empty_value=None,
            required=False,
        )
    made: Any = field_of(found, viewer)
    made.required = False
    if isinstance(made, forms.TypedChoiceField):
        offered: Any = made.choices
        made.choices = [UNCHANGED, *(choice for choice in offered if choice[0])]
    return cast("forms.Field", made)
