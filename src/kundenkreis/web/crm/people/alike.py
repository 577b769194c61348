"""What a form for a new person or organisation says of those who may be there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundenkreis.crm.people.alike import (
    Alike,
    domains,
    organisations_alike,
    persons_alike,
    plain_number,
)
from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.duplicates.likeness import Known, Place
from kundenkreis.crm.people.models import Person
from kundenkreis.records import named
from kundenkreis.records.forms import of_input

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

FIELDS = {
    "person": (
        "first_name", "last_name", "birth_date", "email", "phone", "street", "postal_code",
        "organisation",
    ),
    "organisation": (
        "name", "email", "phone", "street", "postal_code", "website", "vat_id", "register_number",
    ),
}  # fmt: skip


@require_POST
def alike(request: StaffRequest, slug: str) -> HttpResponse:
    """Who may be the one that is being typed; nothing while there is nobody."""
    kind = next((one for one in map(named, FIELDS) if slug in (one.name, one.slug)), None)
    if kind is None:
        raise Http404
    request.viewer.require(kind.right("create"))
    typed = known_from(kind, request.viewer, request.POST)
    search = persons_alike if kind.model is Person else organisations_alike
    found = search(request.viewer, typed)
    context = {
        "kind": kind,
        "claims": lines(kind, (one for one in found if one.likeness.claims)),
        "others": lines(kind, (one for one in found if not one.likeness.claims)),
    }
    return render(request, "people/alike.html", context)


def known_from(kind: RecordType, viewer: Viewer, data: Mapping[str, str]) -> Known:
    """What is typed as far as it can be read; half a date or address is nothing yet."""
    typed = {name: _read(kind, viewer, name, data.get(name, "")) for name in FIELDS[kind.name]}
    email, phone, website = (str(typed.get(one) or "") for one in ("email", "phone", "website"))
    birth, firm = typed.get("birth_date"), typed.get("organisation")
    place = Place(str(typed["postal_code"] or ""), str(typed["street"] or ""))
    return Known(
        first_name=typed.get("first_name") or "",
        last_name=typed.get("last_name") or "",
        name=typed.get("name") or "",
        birth=f"{birth:%Y%m%d}" if birth else "",
        emails=frozenset({folded_way("email", email)} if email else ()),
        phones=frozenset({folded_way("phone", phone)} if phone else ()),
        domains=domains(one for one in (email, website) if one),
        places=frozenset({place} if any(place) else ()),
        organisations=frozenset({firm.pk} if firm else ()),
        vat_id=typed.get("vat_id") or "",
        register_number=plain_number(typed.get("register_number") or ""),
    )


def _read(kind: RecordType, viewer: Viewer, name: str, text: str) -> Any:
    if not text or not kind.sets(viewer, name):
        return None
    try:
        return of_input(kind, name, viewer).clean(text)
    except forms.ValidationError:
        return None


def lines(kind: RecordType, found: Any) -> list[dict[str, Any]]:
    """What is said of each: who it is, and why."""
    return [_line(kind, one) for one in found]


def _line(kind: RecordType, one: Alike) -> dict[str, Any]:
    words = reason_words()
    return {
        "record": one.record,
        "url": kind.url(one.record.pk),
        "employer": getattr(getattr(one.record, "employer", None), "name", ""),
        "reasons": [words[reason] for reason in one.likeness.reasons],
    }


def reason_words() -> dict[str, str]:
    """What two have in common, in words."""
    return {
        "email": _("same e-mail address"),
        "mailbox": _("same mailbox, which many may share"),
        "phone": _("same phone number"),
        "birth_date": _("same date of birth"),
        "organisation": _("works in the same organisation"),
        "address": _("same address"),
        "place": _("same postal code"),
        "domain": _("same internet domain"),
        "vat_id": _("same VAT ID"),
        "register_number": _("same register number"),
        "name": _("same name"),
        "similar": _("similar name"),
    }
