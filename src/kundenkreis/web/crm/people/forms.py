"""Forms of the parts of a person or organisation: contact details, affiliations, relations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import panels, queries
from kundenkreis.crm.people.models import Affiliation, ContactDetail, Organisation
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.countries import HOME, country_choices
from kundenkreis.kernel.errors import NotFound
from kundenkreis.records import named, registry
from kundenkreis.records.declaration import RecordType
from kundenkreis.records.formfields import DayField, ReferenceField

Kind = ContactDetail.Kind
ABOUT = ("label", "source", "state", "valid_from", "valid_until")


class DetailForm(forms.Form):
    """One way to reach somebody; a postal address by its parts."""

    value = forms.CharField(label=_("Value"), max_length=320)
    street = forms.CharField(label=_("Street"), max_length=120, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=12, required=False)
    town = forms.CharField(label=_("Town"), max_length=80)
    country = forms.ChoiceField(label=_("Country"), choices=country_choices, initial=HOME)
    label = forms.CharField(
        label=_("Label"), max_length=40, required=False, help_text=_("e.g. office, private")
    )
    source = forms.CharField(
        label=_("Source"), max_length=80, required=False, help_text=_("e.g. business card")
    )
    state = forms.ChoiceField(label=_("State"), choices=ContactDetail.State.choices, required=False)
    valid_from = DayField(label=_("Valid from"), required=False)
    valid_until = DayField(label=_("Valid until"), required=False)

    def __init__(self, kind: str, data: Any = None, detail: ContactDetail | None = None) -> None:
        known = {name: getattr(detail, name) for name in self.base_fields} if detail else {}
        super().__init__(data, initial={name: one for name, one in known.items() if one})
        left = ("value",) if kind == Kind.POSTAL else ("street", "postal_code", "town", "country")
        for name in left:
            del self.fields[name]
        if kind != Kind.POSTAL:
            self.fields["value"].label = Kind(kind).label

    def columns(self) -> dict[str, Any]:
        """What the commands take."""
        given = self.cleaned_data
        return {"value": "", **{name: given[name] for name in self.base_fields if name in given}}


class AffiliationForm(forms.Form):
    """What somebody does in an organisation."""

    function = forms.CharField(
        label=_("Function"), max_length=80, required=False, help_text=_("e.g. purchasing")
    )
    buying_role = forms.ChoiceField(
        label=_("Role in purchases"),
        choices=[("", "–"), *Affiliation.Role.choices],
        required=False,
    )
    since = DayField(label=_("Since"), required=False)
    until = DayField(label=_("Until"), required=False)

    def __init__(self, viewer: Viewer, data: Any = None, known: Affiliation | None = None) -> None:
        initial = {name: getattr(known, name) for name in self.base_fields} if known else {}
        super().__init__(data, initial=initial)
        if known is None:
            field = ReferenceField(
                kind=named("organisation"), viewer=viewer, label=_("Organisation")
            )
            self.fields = {"organisation": field, **self.fields}


class RelationForm(forms.Form):
    """How one customer stands to another, as it reads from the one."""

    relation = forms.ChoiceField(label=_("Relation"))
    since = DayField(label=_("Since"), required=False)
    until = DayField(label=_("Until"), required=False)
    source = forms.CharField(label=_("Source"), max_length=80, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, viewer: Viewer, record: Any, data: Any = None) -> None:
        super().__init__(data)
        self.viewer, self.record = viewer, record
        whom = ReferenceField(
            kind=named("person"), viewer=viewer, label=_("Person"), required=False
        )
        firm = ReferenceField(
            kind=named("organisation"), viewer=viewer, label=_("or organisation"), required=False
        )
        relation = self.fields.pop("relation")
        assert isinstance(relation, forms.ChoiceField)  # noqa: S101 - declared above
        relation.choices = panels.relation_choices(viewer, firms=isinstance(record, Organisation))
        self.fields = {"relation": relation, "whom": whom, "firm": firm, **self.fields}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and bool(values["whom"]) is bool(values["firm"]):
            self.add_error("whom", _("Choose a person or an organisation, one of the two."))
        return values

    def columns(self) -> dict[str, Any]:
        """What the command takes, from whoever it begins with."""
        values = self.cleaned_data
        number, _bar, way = values["relation"].partition("|")
        kind = queries.relation_kinds(self.viewer).get(pk=number)
        here: tuple[Any, Any] = (self.record, None)
        if isinstance(self.record, Organisation):
            here = (None, self.record)
        there = (values["whom"], values["firm"])
        one, other = (here, there) if way == "to" else (there, here)
        return {
            "person": one[0], "organisation": one[1], "kind": kind, "other": other[0],
            "other_organisation": other[1],
            **{name: values[name] for name in ("since", "until", "source", "note")},
        }  # fmt: skip


def detail_of(viewer: Viewer, pk: int) -> tuple[RecordType, Any, ContactDetail]:
    """A contact detail with its holder and the holder's type. Raises `NotFound`."""
    detail = queries.contact_detail(viewer, pk)
    holder = (detail.person or detail.organisation) if detail else None
    kind = registry.of_model(type(holder)) if holder else None
    if detail is None or kind is None:
        raise NotFound
    return kind, holder, detail
