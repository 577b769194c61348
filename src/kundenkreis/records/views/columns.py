"""The dialog in which the columns of a list are chosen and put in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kundenkreis.records.lists.addresses import changed, pairs
from kundenkreis.records.lists.columns import PARAMETER, columns_of, label_of, offered, written
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from kundenkreis.records.declaration import Column, RecordType
    from kundenkreis.records.requests import StaffRequest


@require_GET
def columns_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """Every column there is: first those shown, in their order, then the others by name."""
    viewer = request.viewer
    viewer.require(kind.right("read"))
    first, *shown = columns_of(kind, viewer, request.GET)
    have = {first.name, *(column.name for column in shown)}
    others = [column for column in offered(kind, viewer) if column.name not in have]

    def choice(column: Column) -> dict[str, str]:
        return {"value": written([column]), "label": label_of(kind, column)}

    context = {
        "first": choice(first),
        "shown": [choice(column) for column in shown],
        "others": sorted(map(choice, others), key=lambda one: one["label"].casefold()),
        "kept": pairs(request.GET, without=(PARAMETER, "after", "before")),
        "standard": changed(kind.url(), request.GET, columns="", after="", before=""),
    }
    return show(request, kind, "columns", context)
