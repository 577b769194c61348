"""The fields a company adds to a record type, and what becomes of them: pages for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.records.custom import defining, formulas
from kundenkreis.records.custom import indexes as fieldindexes
from kundenkreis.records.custom import queries as fieldqueries
from kundenkreis.records.custom import work as fieldwork
from kundenkreis.records.custom.forms import FieldForm
from kundenkreis.records.custom.types import FIELD_TYPES, FORMULA
from kundenkreis.records.fields import info_of
from kundenkreis.records.forms import field_of
from kundenkreis.records.formulas.checking import SAID
from kundenkreis.records.formulas.functions import FUNCTIONS
from kundenkreis.records.numbers import whole
from kundenkreis.records.views import away, show

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.models import FieldDefinition
    from kundenkreis.records.requests import StaffRequest


@require_GET
def types_page(request: StaffRequest) -> HttpResponse:
    """The record types of both sides that may have fields of one's own."""
    kinds = fieldqueries.types(request.viewer)
    context = {"title": _("Fields of your own"), "title_icon": "text-cursor-input", "kinds": kinds}
    return render(request, "records/field_kinds.html", context)


@require_GET
def fields_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """Every field of one's own in order, those archived, and those deleted."""
    viewer = request.viewer
    known = fieldqueries.fields(viewer, kind)
    pending = fieldindexes.pending(kind)
    context = {
        "title": _("Fields of your own"),
        "trail": trail(kind),
        "tabs": tabs(kind, "fields"),
        "fields": [(one, one.name in pending) for one in known if not one.archived],
        "away": [one for one in known if one.archived],
        "deleted": fieldqueries.deleted(viewer, kind),
        "computing": fieldwork.progress(kind),
    }
    return show(request, kind, "fields", context)


@require_http_methods(["GET", "POST"])
def new_field(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """First the type is chosen, then what the field is."""
    viewer, sort = request.viewer, request.GET.get("type", "")
    defining.require(viewer, kind)
    if sort not in FIELD_TYPES:
        context = {
            "title": _("New field"),
            "trail": trail(kind, "fields"),
            "types": FIELD_TYPES.items(),
        }
        return show(request, kind, "field_types", context)
    form = FieldForm(kind, viewer, sort, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = _attempt(
            form, lambda: defining.create_field(actor=viewer, kind=kind, type=sort, **form.values())
        )
        if made:
            messages.success(request, _("“%(name)s” is there now.") % {"name": made})
            return redirect(kind.url("fields"))
    return _form(request, kind, form, _("New field"))


@require_http_methods(["GET", "POST"])
def field_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Change what a field is; its type and its values stay."""
    viewer = request.viewer
    found = fieldqueries.field(viewer, kind, pk)
    data = request.POST if request.method == "POST" else None
    form = FieldForm(kind, viewer, found.type, data, found)
    if data is not None and form.is_valid():
        changed = _attempt(
            form, lambda: defining.change_field(actor=viewer, kind=kind, pk=pk, **form.values())
        )
        if changed:
            messages.success(request, _("“%(name)s” was saved.") % {"name": changed})
            return redirect(kind.url("fields"))
    return _form(request, kind, form, str(found))


@require_POST
def preview(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """The input as people will see it, while the field is being described."""
    viewer, sort = request.viewer, request.GET.get("type", "")
    defining.require(viewer, kind)
    if sort not in FIELD_TYPES:
        raise NotFound
    form = FieldForm(kind, viewer, sort, request.POST)
    context = {"preview": None, "type": FIELD_TYPES[sort], "formula": sort == FORMULA}
    if form.is_valid():
        context |= _worked_out(form) if sort == FORMULA else {"preview": _preview(form)}
    return show(request, kind, "field_form", context, part="preview")


@require_POST
def order_fields(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """Put them in the order in which they were dragged."""
    pks = [pk for text in request.POST.getlist("field") if (pk := whole(text)) is not None]
    defining.order_fields(actor=request.viewer, kind=kind, pks=pks)
    return redirect(kind.url("fields"))


@require_POST
def archive_field(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Archive a field, or bring it back."""
    away = request.POST.get("archived", request.GET.get("archived", "1")) == "1"
    found = defining.archive_field(actor=request.viewer, kind=kind, pk=pk, archived=away)
    text = _("“%(name)s” was archived.") if away else _("“%(name)s” is in use again.")
    back = f"{kind.url('fields', pk, 'archive')}?archived={0 if away else 1}"
    messages.success(request, text % {"name": found}, extra_tags=back)
    return _back(request, kind)


@require_POST
def remove_field(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Delete an archived field."""
    found = fieldqueries.field(request.viewer, kind, pk)
    batch = defining.remove_field(actor=request.viewer, kind=kind, pk=pk)
    text = _("“%(name)s” was deleted.") % {"name": found}
    messages.success(request, text, extra_tags=kind.url("fields", "restore", batch))
    return _back(request, kind)


@require_POST
def restore_field(request: StaffRequest, kind: RecordType, batch: str) -> HttpResponse:
    """Bring a deleted field back with all its values."""
    found = defining.restore_field(actor=request.viewer, kind=kind, batch=batch)
    messages.success(request, _("“%(name)s” is back in the archive.") % {"name": found})
    return _back(request, kind)


def tabs(kind: RecordType, current: str) -> list[dict[str, Any]]:
    """The two pages on which a type is made one's own."""
    found = [
        ("fields", pgettext("own", "Fields"), "text-cursor-input"),
        ("layout", _("Layout of the page"), "layout-list"),
    ]
    return [
        {"label": label, "url": kind.url(name), "icon": icon, "current": name == current}
        for name, label, icon in found
    ]


def trail(kind: RecordType, *further: str) -> list[dict[str, str]]:
    found = [{"label": kind.title, "url": kind.url()}]
    if further:
        found.append({"label": _("Fields of your own"), "url": kind.url("fields")})
    return found


def _attempt(form: FieldForm, act: Any) -> FieldDefinition | None:
    """What the command made; None when a rule refused, with the reason in the form."""
    try:
        made: FieldDefinition = act()
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None
    return made


def _form(request: StaffRequest, kind: RecordType, form: FieldForm, title: str) -> HttpResponse:
    context = {
        "title": title,
        "trail": trail(kind, "fields"),
        "form": form,
        "definition": form.definition,
        "type": FIELD_TYPES[form.sort],
        "cancel_url": kind.url("fields"),
        "preview_url": f"{kind.url('fields', 'preview')}?type={form.sort}",
        "preview": None,
    }
    if form.sort == FORMULA:
        said = formulas.labels(kind)
        sorts = formulas.offered(kind).items()
        context |= {"formula": True, "functions": [one.usage() for one in FUNCTIONS.values()]}
        context["usable"] = [(said[name], SAID[sort.name], sort.words[:12]) for name, sort in sorts]
        if form.definition is not None and not form.is_bound:
            context |= {"examples": formulas.examples(kind, request.viewer, form.definition)}
    elif form.definition is not None:
        context["preview"] = _input(kind, request, form.definition)
    return show(request, kind, "field_form", context, status=422 if form.is_bound else 200)


def _preview(form: FieldForm) -> Any:
    try:
        return _bound(form.kind, form.viewer, form.draft())
    except (DomainError, ValueError):
        return None


def _worked_out(form: FieldForm) -> dict[str, Any]:
    """What a formula gives for a few records, or what is wrong with it."""
    try:
        return {"examples": formulas.examples(form.kind, form.viewer, form.draft())}
    except DomainError as error:
        return {"wrong": str(error)}


def _input(kind: RecordType, request: StaffRequest, definition: FieldDefinition) -> Any:
    return _bound(kind, request.viewer, definition)


def _bound(kind: RecordType, viewer: Any, definition: FieldDefinition) -> Any:
    shown = forms.Form(prefix="preview")
    shown.fields["value"] = field_of(info_of(kind.model, definition), viewer)
    return shown["value"]


def _back(request: StaffRequest, kind: RecordType) -> HttpResponse:
    return away(request, kind.url("fields"))
