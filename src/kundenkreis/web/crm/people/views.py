"""Parts of record pages: timeline, contact details, affiliations."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kundenkreis.crm.people import contact_commands, permissions, queries
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.records import registry
from kundenkreis.records.forms import RecordForm
from kundenkreis.web.crm.parts import again, found
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
def add_detail(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Add a contact detail; the answer is the panel with it."""
    kind, record = found(request, slug, pk, "details")
    contact_commands.add_contact_detail(
        actor=request.viewer,
        holder=record,
        kind=request.POST.get("kind", ""),
        value=request.POST.get("value", "")[:320],
        label=request.POST.get("label", "")[:40],
    )
    return again(request, kind, record, "details")


@require_POST
def change_detail(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """Correct, prefer or remove a contact detail."""
    detail = queries.contact_detail(request.viewer, pk)
    holder = (detail.person or detail.organisation) if detail else None
    kind = registry.of_model(type(holder)) if holder else None
    if kind is None:
        raise NotFound
    actor = request.viewer
    if what == "remove":
        contact_commands.remove_contact_detail(actor=actor, contact_detail_id=pk)
    elif what == "prefer":
        contact_commands.prefer_contact_detail(actor=actor, contact_detail_id=pk)
    else:
        value, label = request.POST.get("value", "")[:320], request.POST.get("label", "")[:40]
        contact_commands.change_contact_detail(
            actor=actor, contact_detail_id=pk, value=value, label=label
        )
    return again(request, kind, holder, "details")


@require_POST
def add_affiliation(request: StaffRequest, pk: int) -> HttpResponse:
    """Note where a person works; the answer is the panel with it."""
    kind, person = found(request, "person", pk, "affiliations")
    request.viewer.require_for(kind.right("change"), person)  # before anything is said of the form
    form = RecordForm(kind, request.viewer, ["organisation", "function"], request.POST)
    if form.is_valid() and form.cleaned_data["organisation"]:
        contact_commands.add_affiliation(actor=request.viewer, person=person, **form.cleaned_data)
        return again(request, kind, person, "affiliations")
    return _invalid(form)


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


def _invalid(form: RecordForm) -> HttpResponse:
    """Say beside the page what is wrong; the form stays as it was typed."""
    text = " ".join(str(error) for errors in form.errors.values() for error in errors)
    raise DomainError(text or _("Choose an organisation."))
