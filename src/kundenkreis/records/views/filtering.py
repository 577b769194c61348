"""The builder of conditions over a list or board: the same editor and tree as for segments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from kundenkreis.kernel.conditions import ConditionError
from kundenkreis.records.lists.addresses import pairs
from kundenkreis.records.lists.counting import COUNTED
from kundenkreis.records.lists.filters import read
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.lists.related import described
from kundenkreis.records.registry import displays
from kundenkreis.records.views import show
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

EMPTY = json.dumps({"v": 1, "where": {"type": "all", "children": []}})


@require_GET
def filter_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """The builder as a dialog, filled with the conditions of the list it was opened from."""
    viewer = request.viewer
    viewer.require(kind.right("read"))
    address = kind.url("board") if kind.board and "board" in request.GET else kind.url()
    shown = request.GET.get("display", "")
    if shown in {one.part for one in displays(kind, viewer)}:
        address = kind.url(shown)
    filters = read(kind, viewer, request.GET, address)
    context = {
        "address": address,
        "words": json.dumps(described(filters.vocabulary), cls=DjangoJSONEncoder),
        "where": filters.where or EMPTY,
        "kept": pairs(request.GET, without=("where", "after", "before", "board", "display")),
    }
    return show(request, kind, "filter", context)


@require_GET
def count_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """How many records a definition describes; what is wrong with it, and where."""
    request.viewer.require(kind.right("read"))
    parameters = request.GET.copy()
    parameters["where"] = parameters.pop("definition", [""])[-1]
    rows, filters = narrowed(kind, request.viewer, parameters, kind.url())
    if filters.problem:
        wrong = filters.problem.field if isinstance(filters.problem, ConditionError) else "where"
        return JsonResponse({"text": str(filters.problem), "path": wrong}, status=422)
    number = rows.order_by()[: COUNTED + 1].count()
    if number > COUNTED:
        return JsonResponse({"text": _("more than %(n)s") % {"n": formats.number(COUNTED)}})
    text = ngettext("%(n)s record", "%(n)s records", number) % {"n": formats.number(number)}
    return JsonResponse({"text": text, "number": number})
