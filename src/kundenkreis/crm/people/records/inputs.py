"""What new persons and organisations are made with that is no column of their own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import panels
from kundenkreis.crm.people.contact_commands import set_contact_detail, set_postal_part
from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.kernel.access import Actor, Viewer
from kundenkreis.kernel.countries import country_name
from kundenkreis.records import Input, Panel, named
from kundenkreis.records.formfields import ReferenceField

PROFILES = Path(__file__).parent.parent / "profiles"
TIMELINE = Panel("timeline", "people/timeline_panel.html", panels.timeline_panel, "centre", 90)
DETAILS = Panel("details", "people/details_panel.html", panels.details_panel, "left", 20)


def reference_input(name: str, label: Any) -> Input:
    """A record of that type, named by its text."""

    def make(viewer: Viewer) -> forms.Field:
        return ReferenceField(kind=named(name), viewer=viewer, label=label, required=False)

    return Input(name, make)


def text_input(name: str, label: Any, field: type[forms.Field] = forms.CharField) -> Input:
    return Input(name, lambda viewer: field(label=label, required=False))


def way_input(kind: str, label: Any, field: type[forms.Field] = forms.CharField) -> Input:
    """The preferred e-mail address or phone number."""

    def change(actor: Actor, record: Any, value: str) -> None:
        set_contact_detail(actor=actor, holder=record, kind=kind, value=value or "")

    return replace(
        text_input(kind, label, field),
        read=lambda record: record.addresses.get(kind, ""),
        change=change,
        plain=partial(folded_way, kind),
    )


def postal_input(name: str, label: Any) -> Input:
    """A part of the preferred postal address."""

    def read(record: Any) -> str:
        part = getattr(record.postal, name, "") if record.postal else ""
        return country_name(part) if name == "country" and part else part

    def change(actor: Actor, record: Any, value: str) -> None:
        set_postal_part(actor=actor, holder=record, name=name, value=value or "")

    return replace(text_input(name, label), read=read, change=change)


EMAIL = way_input("email", _("E-mail"), forms.EmailField)
PHONE = way_input("phone", _("Phone"))
STREET = postal_input("street", _("Street"))
POSTAL_CODE = postal_input("postal_code", _("Postal code"))
TOWN = postal_input("town", _("Town"))
COUNTRY = postal_input("country", _("Country"))
