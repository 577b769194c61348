"""Dialogs for parts of a person or organisation: contact details, affiliations, relations."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundenkreis.crm.people import contact_commands, queries
from kundenkreis.crm.people.models import ContactDetail
from kundenkreis.kernel.access import subject_of
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.records import named, write
from kundenkreis.web.crm.parts import found
from kundenkreis.web.crm.people.forms import AffiliationForm, DetailForm, RelationForm, detail_of

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest

GET_POST = ["GET", "POST"]
SAVED = json.dumps({"dialog:close": "", "record-changed": ""})


@require_http_methods(GET_POST)
def add_detail(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Ask for a contact detail: first of which kind, then the rest."""
    kind, record = found(request, slug, pk, "details")
    request.viewer.require_for(kind.right("change"), record)
    asked = request.POST if request.method == "POST" else request.GET
    which = asked.get("kind", "")
    if which not in ContactDetail.Kind:
        subject = subject_of(type(record))
        choices = [
            (value, label, f"{request.path}?kind={value}")
            for value, label in ContactDetail.Kind.choices
            if request.viewer.sets(subject, value)
        ]
        return render(request, "people/detail_kinds.html", {"choices": choices})
    form = DetailForm(which, _sent(request))

    def save() -> None:
        contact_commands.add_contact_detail(
            actor=request.viewer, holder=record, kind=which, **form.columns()
        )

    form.fields["kind"] = forms.CharField(initial=which, widget=forms.HiddenInput)
    heading = _("Add contact detail")
    return _answer(request, form, heading, save)


@require_http_methods(GET_POST)
def change_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct a contact detail, say where it comes from, or until when it holds."""
    kind, holder, detail = detail_of(request.viewer, pk)
    request.viewer.require_for(kind.right("change"), holder)
    form = DetailForm(detail.kind, _sent(request), detail=detail)

    def save() -> None:
        contact_commands.change_contact_detail(
            actor=request.viewer, contact_detail_id=pk, **form.columns()
        )

    return _answer(request, form, _("Change contact detail"), save)


@require_http_methods(GET_POST)
def add_affiliation(request: StaffRequest, pk: int) -> HttpResponse:
    """Note where a person works."""
    kind, person = found(request, "person", pk, "affiliations")
    request.viewer.require_for(kind.right("change"), person)  # before anything is said of the form
    form = AffiliationForm(request.viewer, _sent(request))

    def save() -> None:
        contact_commands.add_affiliation(actor=request.viewer, person=person, **form.cleaned_data)

    return _answer(request, form, _("Add affiliation"), save)


@require_http_methods(GET_POST)
def change_affiliation(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct what somebody does in an organisation, or end it."""
    known = queries.affiliation(request.viewer, pk)
    if known is None:
        raise NotFound
    kind, person = found(request, "person", known.person_id, "affiliations")
    request.viewer.require_for(kind.right("change"), person)
    form = AffiliationForm(request.viewer, _sent(request), known=known)

    def save() -> None:
        contact_commands.change_affiliation(
            actor=request.viewer, affiliation_id=pk, **form.cleaned_data
        )

    return _answer(request, form, _("Change affiliation"), save)


@require_http_methods(GET_POST)
def add_relation(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Note how a person or organisation stands to another."""
    _kind, record = found(request, slug, pk, "relations")
    request.viewer.require("crm.relation.create")
    form = RelationForm(request.viewer, record, _sent(request))

    def save() -> None:
        write.create(named("relation"), request.viewer, form.columns())

    return _answer(request, form, _("Add relation"), save)


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _answer(
    request: StaffRequest, form: forms.Form, heading: str, save: Callable[[], None]
) -> HttpResponse:
    """The dialog, with what is wrong beside its fields; once it is saved, the page is read anew."""
    if form.is_bound and form.is_valid():
        try:
            save()
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return HttpResponse(status=204, headers={"HX-Trigger": SAVED})
    context = {"form": form, "heading": heading, "action": request.path}
    return render(request, "people/part_form.html", context, status=422 if form.is_bound else 200)
