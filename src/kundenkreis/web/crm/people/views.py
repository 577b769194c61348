"""Parts of record pages: the timeline, and what is done to other parts with one click."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kundenkreis.crm.people import contact_commands, jobs, numbering, permissions, queries
from kundenkreis.kernel.errors import NotFound
from kundenkreis.web.crm.parts import again, found
from kundenkreis.web.crm.people import forms
from kundenkreis.web.crm.people.timeline_filter import filtered

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest


@require_GET
def more_timeline(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """What the form above a timeline asks for, or older entries to be put below those shown."""
    kind, record = found(request, slug, pk, "timeline")
    asked = {name: request.GET.get(name, "") for name in ("topic", "channel", "person", "q")}
    entries = filtered(request.viewer, record, {**asked, "after": request.GET.get("after", "")})
    kept = urlencode({name: text for name, text in asked.items() if text})
    context = {"panel": {"entries": entries, "kept": kept}, "record": record, "kind": kind}
    part = "more" if request.GET.get("after") else "entries"
    return render(request, f"people/timeline_panel.html#{part}", context)


@require_POST
def change_detail(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """Prefer or remove a contact detail."""
    commands = {
        "prefer": contact_commands.prefer_contact_detail,
        "remove": contact_commands.remove_contact_detail,
    }
    kind, holder, _detail = forms.detail_of(request.viewer, pk)
    if what not in commands:
        raise NotFound
    commands[what](actor=request.viewer, contact_detail_id=pk)
    return again(request, kind, holder, "details")


@require_POST
def give_number(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Give somebody the next customer number."""
    kind, record = found(request, slug, pk, "details")
    number = numbering.give_customer_number(actor=request.viewer, holder=record)
    messages.success(request, _("The customer number is %s.") % number)
    return redirect(kind.url(record.pk))


@require_POST
def vat_check(request: StaffRequest, pk: int) -> HttpResponse:
    """Have a VAT ID checked."""
    kind, organisation = found(request, "organisation", pk, "vat")
    jobs.begin_vat_check(request.viewer, pk)
    return again(request, kind, organisation, "vat")


@require_GET
def vat_state(request: StaffRequest, pk: int) -> HttpResponse:
    """How far a check of a VAT ID is."""
    kind, organisation = found(request, "organisation", pk, "vat")
    return again(request, kind, organisation, "vat")


@require_POST
def remove_affiliation(request: StaffRequest, pk: int) -> HttpResponse:
    affiliation = queries.affiliation(request.viewer, pk)
    if affiliation is None:
        raise NotFound
    kind, person = found(request, "person", affiliation.person_id, "affiliations")
    contact_commands.remove_affiliation(actor=request.viewer, affiliation_id=pk)
    return again(request, kind, person, "affiliations")


@require_POST
def add_objection(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that a person does not want to be contacted; the answer is the panel with it."""
    kind, person = found(request, "person", pk, "consents")
    channels = request.POST.getlist("channel")
    permissions.record_objections(actor=request.viewer, person_id=person.pk, channels=channels)
    answer = again(request, kind, person, "consents")
    answer["HX-Refresh"] = "true"  # the timeline has new entries
    return answer
