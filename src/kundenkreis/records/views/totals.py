"""Exact counts and sums of a long list, which its page leaves out until somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET

from kundenkreis.kernel.patience import no_longer_than
from kundenkreis.records.lists.listing import figures
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

PATIENCE = 15  # seconds


@require_GET
def totals_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """The number of rows and the sums of all columns and groups, each for its place on the page."""
    request.viewer.require(kind.right("read"))
    with no_longer_than(kind.side, PATIENCE):
        found = figures(kind, request.viewer, request.GET, kind.url(), editing=request.edits_lists)
    return show(request, kind, "totals", {"figures": found})
