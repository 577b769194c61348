"""The record of processing, and what would be forgotten by which promise."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kundenkreis.crm.accounts.company_queries import company
from kundenkreis.dossier import asking, processing, retention
from kundenkreis.kernel import clock
from kundenkreis.kernel.sides import Side

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest

RECORD = "crm.processing.read"


@require_safe
def record(request: StaffRequest) -> HttpResponse:
    """The record of processing activities, made to be printed too."""
    request.viewer.require(RECORD)
    context = {
        "company": company(request.viewer),
        "title": _("Record of processing"),
        "title_icon": "scroll-text",
        "sides": [
            {
                "side": str(side),
                "recipients": processing.RECIPIENTS[side],
                "activities": [
                    {"one": one, "data": [(name, ", ".join(own)) for name, own in one.tables.items()]}
                    for one in processing.activities(side)
                ],
            }
            for side in Side
        ],
        "today": clock.now(),
    }  # fmt: skip
    return render(request, "protection/processing.html", context)


@require_safe
def record_file(request: StaffRequest) -> HttpResponse:
    """The same as data."""
    request.viewer.require(RECORD)
    found = {
        "made_at": clock.now().isoformat(),
        "sides": {
            str(side): {
                "recipients": str(processing.RECIPIENTS[side]),
                "activities": [asdict(one) for one in processing.activities(side)],
            }
            for side in Side
        },
    }
    text = json.dumps(found, ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="record-of-processing.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def forgetting(request: StaffRequest) -> HttpResponse:
    """What is over by now; by POST it is forgotten at once."""
    viewer = request.viewer
    if request.method == "POST":
        asking.forget_now(actor=viewer)
        messages.success(request, _("Forgetting has begun; it goes on piece by piece."))
        return redirect("retention")
    lines = retention.report(viewer)
    context = {
        "title": _("Retention"),
        "title_icon": "calendar-x",
        "lines": lines,
        "total": sum(one.count for one in lines),
        "may_run": viewer.may(retention.RUN),
    }
    return render(request, "protection/retention.html", context)
