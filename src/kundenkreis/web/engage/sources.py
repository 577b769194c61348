"""A key of a source is shown once, when it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.engage.tracking import commands
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named
from kundenkreis.records.forms import RecordForm, form_names, initial_from
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from kundenkreis.engage.tracking.models import Source
    from kundenkreis.records import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_http_methods(["GET", "HEAD", "POST"])
def new_source(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """The form of a new source, then its key: a secret one is stored as its digest only."""
    viewer, names = request.viewer, form_names(kind, request.viewer)
    viewer.require(kind.right("create"))
    given = request.POST if request.method == "POST" else None
    initial = initial_from(kind, viewer, names, request.GET)
    form = RecordForm(kind, viewer, names, given, initial={"namespace": "shop", **initial})
    if given is not None and form.is_valid():
        try:
            made, key = commands.create_source(actor=viewer, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return _made(request, kind, made, key)
    context = {
        "title": _("New %(type)s") % {"type": kind.label},
        "trail": [{"label": kind.title, "url": kind.url()}],
        "form": form,
        "cancel_url": kind.url(),
    }
    return show(request, kind, "form", context, status=422 if form.errors else 200)


@require_POST
def renew_key(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a source another key in place of the one it has."""
    kind, viewer = named("source"), request.viewer
    source = kind.one(viewer, pk)
    return _made(request, kind, source, commands.renew_key(actor=viewer, source_id=pk))


def _made(request: StaffRequest, kind: RecordType, source: Source, key: str) -> HttpResponse:
    trail = [{"label": kind.title, "url": kind.url()}]
    context = {"title": str(source), "trail": trail, "source": source, "key": key}
    return render(request, "tracking/source_made.html", context)
