"""Two records side by side, and making one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kundenkreis.kernel.errors import DomainError
from kundenkreis.records.formfields import ReferenceField
from kundenkreis.records.merging.commands import merge
from kundenkreis.records.merging.values import choices
from kundenkreis.records.numbers import whole
from kundenkreis.records.page.relatedlists import related_lists
from kundenkreis.records.views import show
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

TAKE = "take."  # before a field's name, in the form


class OtherForm(forms.Form):
    """Which record is the same as the one at hand."""

    def __init__(self, kind: RecordType, viewer: Viewer, data: Any = None) -> None:
        super().__init__(data)
        self.fields["other"] = ReferenceField(kind=kind, viewer=viewer, label=_("The same as"))


@require_http_methods(["GET", "POST"])
def merge_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Ask for the other record; show both side by side; make one of them."""
    viewer, kept = request.viewer, kind.one(request.viewer, pk)
    viewer.require_for(kind.right("change"), kept)
    asked = request.POST if request.method == "POST" else request.GET
    other = whole(asked.get("with", ""))
    context: dict[str, Any] = {
        "title": _("Merge %(name)s") % {"name": kept},
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": str(kept), "url": kind.url(pk)},
        ],
        "kept": kept,
    }
    if other is None or other == pk:
        form = OtherForm(kind, viewer, asked or None)
        if form.is_bound and form.is_valid():
            return redirect(f"{request.path}?with={form.cleaned_data['other'].pk}")
        return show(
            request, kind, "merge_whom", {**context, "form": form, "cancel_url": kind.url(pk)}
        )
    gone = kind.one(viewer, other)
    if request.method == "POST":
        try:
            done = merge(actor=viewer, kind=kind, kept_id=pk, gone_id=other, taken=_taken(request))
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            context["error"] = error
        else:
            text = ngettext(
                "“%(name)s” is part of this record now, with %(n)s entry.",
                "“%(name)s” is part of this record now, with %(n)s entries.",
                done.count,
            ) % {"name": gone, "n": formats.number(done.count)}
            messages.success(request, text, extra_tags=kind.url("undo", done.batch))
            return redirect(kind.url(pk))
    context |= {
        "gone": gone,
        "choices": choices(kind, viewer, kept, gone),
        "turned_url": f"{kind.url(other, 'merge')}?with={pk}",
        "brings": [one for one in related_lists(kind, viewer, gone) if one.lines],
    }
    return show(request, kind, "merge", context, status=422 if "error" in context else 200)


def _taken(request: StaffRequest) -> list[str]:
    """The fields whose value is the other record's, as the page asked."""
    said = request.POST.items()
    return [
        name.removeprefix(TAKE) for name, value in said if name.startswith(TAKE) and value == "gone"
    ]
