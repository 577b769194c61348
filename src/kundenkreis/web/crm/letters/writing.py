"""The page on which a letter is begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundenkreis.crm.letters import queries
from kundenkreis.crm.letters.content import allowed, may_open
from kundenkreis.crm.letters.models import Letter
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named, write
from kundenkreis.records.forms import RecordForm, form_names, initial_from
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

OFFERED = 12
APPLY = "apply"


@require_http_methods(["GET", "POST"])
def new_letter(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """A form for a letter, begun with a template or another letter; nothing typed is lost."""
    viewer = request.viewer
    viewer.require(kind.right("create"))
    names = form_names(kind, viewer)
    if request.method == "GET":
        initial = {**_usual(viewer), **initial_from(kind, viewer, names, request.GET)}
        initial |= _same(kind, viewer, request.GET.get("again", ""))
        return _form(request, kind, RecordForm(kind, viewer, names, initial=initial))
    if APPLY in request.POST:
        typed = with_template(viewer, request.POST)
        form = RecordForm(kind, viewer, names, typed)
        form.is_valid()
        form.errors.clear()  # nobody has said that it is complete
        return _form(request, kind, form)
    form = RecordForm(kind, viewer, names, request.POST)
    if form.is_valid():
        try:
            return redirect(kind.url(write.create(kind, viewer, form.cleaned_data).pk))
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return _form(request, kind, form, 422)


def _usual(viewer: Viewer) -> dict[str, Any]:
    """The company's paper, and the first line."""
    head = queries.letterheads(viewer).order_by("pk").first()
    return {"letterhead": head, "body": "{{ salutation }},\n\n"}


def _same(kind: RecordType, viewer: Viewer, again: str) -> dict[str, Any]:
    """What another letter says and to whom, when it is to be written again."""
    found = kind.rows(viewer).filter(pk=whole(again) or 0).first() if again else None
    if found is None or not may_open(viewer):
        return {}
    names = ("person", "organisation", "letterhead", "purpose", "subject", "body")
    return {name: getattr(found, name) for name in names}


def with_template(viewer: Viewer, sent: QueryDict) -> QueryDict:
    """What was typed, with the text of the chosen template; what stood there comes behind it."""
    found = queries.templates(viewer).filter(pk=whole(sent.get(APPLY, "")) or 0).first()
    typed = sent.copy()
    if found is None:
        return typed
    before = typed.get("body", "").strip()
    usual = str(_usual(viewer)["body"]).strip()
    typed["body"] = found.body
    if found.is_notice:
        typed["purpose"] = Letter.Purpose.NOTICE
    if before not in ("", usual, found.body.strip()):
        typed["body"] = f"{found.body.rstrip()}\n\n{before}"
    if found.subject and not typed.get("subject", "").strip():
        typed["subject"] = found.subject
    return typed


def _form(
    request: StaffRequest, kind: RecordType, form: RecordForm, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    heads = named("letterhead")
    context = {
        "title": _("New letter"),
        "trail": [{"label": kind.title, "url": kind.url()}],
        "kind": kind,
        "form": form,
        "cancel_url": kind.url(),
        "templates": queries.templates(viewer).order_by("name")[:OFFERED],
        "templates_url": named("lettertemplate").url(),
        "names": sorted(allowed(viewer)),
        "no_paper": not queries.letterheads(viewer).exists(),
        "paper_url": heads.url("new") if heads.may(viewer, "create") else "",
    }
    return render(request, "letters/new.html", context, status=status)
