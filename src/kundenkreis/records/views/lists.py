"""The list of a type, and suggestions for fields that name a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django.views.decorators.http import require_GET

from kundenkreis.kernel.errors import NotFound
from kundenkreis.records.custom.defining import may_define
from kundenkreis.records.exchange.writers import FORMS
from kundenkreis.records.fields import names
from kundenkreis.records.lists import words
from kundenkreis.records.lists.listing import listing
from kundenkreis.records.search.finding import suggestions
from kundenkreis.records.views import bulk, saved, show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_GET
def list_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """One page of the list; typing into its search field fetches the table only."""
    viewer = request.viewer
    viewer.require(kind.right("read"))
    start, views = saved.above(request, kind, board=False)
    if start:
        return redirect(start)
    found = listing(kind, viewer, request.GET, kind.url(), editing=request.edits_lists)
    context = {
        "title": kind.title,
        "title_icon": kind.icon,
        "listing": found,
        "may_edit": kind.may(viewer, "change"),
        **views,
        "bulk_actions": bulk.actions(kind, viewer) if found.selectable else [],
        "new_url": kind.url("new") if kind.may(viewer, "create") else "",
        "fields_url": kind.url("fields") if may_define(viewer, kind) else "",
        "bin_url": kind.url("bin") if kind.may(viewer, "remove") else "",
        "import_url": kind.url("import") if kind.may(viewer, "import") else "",
        "export_urls": [
            (label, f"{kind.url(f'export.{form}')[:-1]}{found.export_query}")
            for form, label in FORMS.items()
            if kind.may(viewer, "export")
        ],
    }
    part = "table" if request.headers.get("HX-Target") == "list" else ""
    return show(request, kind, "list", context, part=part)


@require_GET
def suggestions_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """Options for the record a user is typing the name of."""
    request.viewer.require(kind.right("read"))
    text = next(iter(request.GET.values()), "")[:100]
    offered = suggestions(kind, request.viewer, str(text))
    return _options(name for name, _ in offered)


@require_GET
def words_page(request: StaffRequest, kind: RecordType, name: str) -> HttpResponse:
    """Options for a list of words a user is typing: what stands there, with one in use added."""
    request.viewer.require(kind.right("read"))
    if name not in names(kind.model) or not kind.sees(request.viewer, name):
        raise NotFound
    typed = str(next(iter(request.GET.values()), ""))[:500]
    return _options(words.completed(kind, request.viewer, name, typed))


def _options(texts: Iterable[str]) -> HttpResponse:
    options = format_html_join("", '<option value="{}"></option>', ((text,) for text in texts))
    return HttpResponse(options)
