"""Parts of record pages: notes, timeline, contact details, affiliations, the next step."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kundenkreis.crm.people import commands, contact_commands, permissions, queries
from kundenkreis.crm.people.entries import timeline
from kundenkreis.crm.people.panels import timeline_panel
from kundenkreis.kernel import clock
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.records import registry, write
from kundenkreis.records.forms import RecordForm
from kundenkreis.records.numbers import whole
from kundenkreis.records.views.pages import panels

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


def _found(request: StaffRequest, slug: str, pk: int, panel: str) -> tuple[RecordType, Any]:
    """The type and the visible record an address names; only types that have the panel."""
    try:
        kind = registry.named(slug)
    except LookupError:
        raise Http404 from None
    if all(one.name != panel for one in registry.panels(kind)):
        raise Http404
    return kind, kind.one(request.viewer, pk)


def _panel(request: StaffRequest, kind: RecordType, record: Any, name: str) -> HttpResponse:
    """One panel of a record page again, after something in it has changed."""
    places = panels(kind, request.viewer, kind.one(request.viewer, record.pk))
    panel = next(one for place in places.values() for one in place if one["name"] == name)
    context = {"panel": panel, "record": kind.one(request.viewer, record.pk), "kind": kind}
    context["again"] = True
    return render(request, panel["template"], context)


@require_POST
def add_note(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Write a note; the answer is the timeline with it."""
    kind, record = _found(request, slug, pk, "timeline")
    commands.add_note(actor=request.viewer, record=record, text=request.POST.get("text", ""))
    return _panel(request, kind, record, "timeline")


@require_GET
def more_timeline(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Older entries, to be put below those shown."""
    kind, record = _found(request, slug, pk, "timeline")
    panel = timeline_panel(request.viewer, record)
    entries = timeline(request.viewer, record, after=request.GET.get("after", ""))
    context = {"panel": {**panel, "entries": entries}, "record": record, "kind": kind}
    return render(request, "people/timeline_panel.html#entries", context)


@require_POST
def add_detail(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Add a contact detail; the answer is the panel with it."""
    kind, record = _found(request, slug, pk, "details")
    contact_commands.add_contact_detail(
        actor=request.viewer,
        holder=record,
        kind=request.POST.get("kind", ""),
        value=request.POST.get("value", "")[:320],
        label=request.POST.get("label", "")[:40],
    )
    return _panel(request, kind, record, "details")


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
    return _panel(request, kind, holder, "details")


@require_POST
def add_affiliation(request: StaffRequest, pk: int) -> HttpResponse:
    """Note where a person works; the answer is the panel with it."""
    kind, person = _found(request, "person", pk, "affiliations")
    form = RecordForm(kind, request.viewer, ["organisation", "function"], request.POST)
    if form.is_valid() and form.cleaned_data["organisation"]:
        contact_commands.add_affiliation(actor=request.viewer, person=person, **form.cleaned_data)
        return _panel(request, kind, person, "affiliations")
    return _invalid(form)


@require_POST
def remove_affiliation(request: StaffRequest, pk: int) -> HttpResponse:
    found = queries.affiliation(request.viewer, pk)
    if found is None:
        raise NotFound
    kind, person = _found(request, "person", found.person_id, "affiliations")
    contact_commands.remove_affiliation(actor=request.viewer, affiliation_id=pk)
    return _panel(request, kind, person, "affiliations")


@require_POST
def add_objection(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that a person does not want to be contacted; the answer is the panel with it."""
    kind, person = _found(request, "person", pk, "consents")
    channels = request.POST.getlist("channel")
    permissions.record_objections(actor=request.viewer, person_id=person.pk, channels=channels)
    answer = _panel(request, kind, person, "consents")
    answer["HX-Refresh"] = "true"  # the timeline has new entries
    return answer


@require_POST
def next_step(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Set, put off or finish the next step of a record."""
    kind, record = _found(request, slug, pk, "next_step")
    action = request.POST.get("action", "plan")
    if action == "done":
        commands.finish_next_step(actor=request.viewer, record=record)
    elif (days := whole(action)) is not None:
        day = clock.today(settings.COMPANY_ZONE) + timedelta(days=min(days, 366))
        write.change(kind, request.viewer, pk, record.version, {"next_step_on": day})
    else:
        names = ["next_step", "next_step_on"]
        form = RecordForm(kind, request.viewer, names, request.POST, record=record)
        if not form.is_valid():
            return _invalid(form)
        write.change(kind, request.viewer, pk, record.version, form.cleaned_data)
    return _after_step(request, kind, record, action)


def _after_step(request: StaffRequest, kind: RecordType, record: Any, action: str) -> HttpResponse:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        messages.success(request, _("Done: %(name)s") % {"name": record})
        return redirect(back)
    answer = _panel(request, kind, record, "next_step")
    if action == "done":
        answer["HX-Refresh"] = "true"  # the timeline has a new entry
    return answer


def _invalid(form: RecordForm) -> HttpResponse:
    """Say beside the page what is wrong; the form stays as it was typed."""
    text = " ".join(str(error) for errors in form.errors.values() for error in errors)
    raise DomainError(text or _("Choose an organisation."))
