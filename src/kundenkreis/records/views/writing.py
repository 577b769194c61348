"""New records, changes in place, deletion."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import write
from kundenkreis.records.forms import RecordForm, form_names, initial_from
from kundenkreis.records.page.holding import holding
from kundenkreis.records.past.history import undo_url
from kundenkreis.records.views import away, show

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_http_methods(["GET", "POST"])
def new_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """A form for a new record; refused input comes back with its errors, nothing is lost."""
    viewer = request.viewer
    names = form_names(kind, viewer)
    viewer.require(kind.right("create"))
    if request.method == "GET":
        initial = initial_from(kind, viewer, names, request.GET)
        return _form(request, kind, RecordForm(kind, viewer, names, initial=initial))
    form = RecordForm(kind, viewer, names, request.POST)
    if not form.is_valid():
        return _form(request, kind, form, 422)
    try:
        record = write.create(kind, viewer, form.cleaned_data)
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _form(request, kind, form, 422)
    messages.success(request, _("“%(name)s” was created.") % {"name": record})
    return redirect(kind.url(record.pk))


def _form(
    request: StaffRequest, kind: RecordType, form: RecordForm, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": _("New %(type)s") % {"type": kind.label},
        "trail": [{"label": kind.title, "url": kind.url()}],
        "form": form,
        "cancel_url": kind.url(),
    }
    return show(request, kind, "form", context, status=status)


@require_POST
def remove_record(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Delete a record and go back to its list; a dialog says what still needs it."""
    record = kind.one(request.viewer, pk)
    text = _("“%(name)s” was deleted.") % {"name": record}
    try:
        write.remove(kind, request.viewer, pk)
    except write.StillUsed as error:
        if not request.headers.get("HX-Request"):
            raise
        held = holding(request.viewer, record, error.rows)
        answer = show(
            request, kind, "held", {"record": record, "error": error, "held": held}, status=422
        )
        answer["HX-Trigger"] = json.dumps({"dialog:close": ""})
        return answer
    messages.success(request, text, extra_tags=undo_url(kind, record))
    return away(request, kind.url())
