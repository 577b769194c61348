"""How good the data is, each number with the list behind it; and what can be added to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats as dates
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from kundenkreis.crm.people.quality import commands, enriching, figures
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import RecordType, named
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.requests import StaffRequest

KINDS = ("person", "organisation")


@require_GET
def health_page(request: StaffRequest) -> HttpResponse:
    """What is missing, contradictory, old or lost, and how it was in the months before."""
    kind, tabs = _kinds(request, "read", "data-quality")
    found = figures.health(kind, request.viewer)
    months = figures.trend(kind, request.viewer)
    low, high = figures.USUAL
    context = {
        "title": _("Data quality"),
        "title_icon": "heart-pulse",
        "tabs": tabs,
        "kind": kind,
        "found": found,
        "usual": _("usual: %(low)s to %(high)s")
        % {"low": formats.percent(low), "high": formats.percent(high)},
        "months": [
            {
                "name": dates.date_format(one.month, "F Y"),
                "total": one.total,
                "decay": _share(one.figures.get("decayed", 0), one.total),
                "stale": _share(one.figures.get("stale", 0), one.total),
                "unreachable": _share(one.figures.get("no_way", 0), one.total),
            }
            for one in months
        ],
        "enrichment_url": f"{reverse('enrichment')}?kind={kind.name}"
        if kind.may(request.viewer, "change")
        else "",
    }
    return render(request, "quality/health.html", context)


@require_http_methods(["GET", "POST"])
def enrichment(request: StaffRequest) -> HttpResponse:
    """What can be added, with reasons; chosen ones are added, and one click takes them back."""
    if request.method == "POST":
        asked = request.GET.get("kind", "")
        return _enrich(request, named(asked if asked in KINDS else KINDS[0]))
    kind, tabs = _kinds(request, "change", "enrichment")
    found = enriching.suggestions(request.viewer, kind.model)
    context = {
        "title": _("Enrichment"),
        "title_icon": "sparkles",
        "trail": [{"url": reverse("data-quality"), "label": _("Data quality")}],
        "tabs": tabs,
        "kind": kind,
        "open": [(kind.url(one.row), one) for one in found if not one.refused],
        "refused": [(kind.url(one.row), one) for one in found if one.refused],
    }
    return render(request, "quality/enrichment.html", context)


def _enrich(request: StaffRequest, kind: RecordType) -> HttpResponse:
    request.viewer.require(kind.right("change"))
    address = f"{reverse('enrichment')}?kind={kind.name}"
    try:
        added, batch = commands.enrich(
            actor=request.viewer, model=kind.model, names=request.POST.getlist("name")[:500]
        )
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, str(error))
        return redirect(address)
    text = ngettext("%(n)s record was enriched.", "%(n)s records were enriched.", len(added))
    said = text % {"n": formats.number(len(added))}
    messages.success(request, said, extra_tags=kind.url("undo", batch))
    return redirect(address)


def _kinds(
    request: StaffRequest, action: str, name: str
) -> tuple[RecordType, list[dict[str, Any]]]:
    """The type that is asked for, and the tabs of all that the viewer may. Raises `NotAllowed`."""
    viewer: Viewer = request.viewer
    known = [kind for kind in map(named, KINDS) if kind.may(viewer, action)]
    if not known:
        raise viewer.refusal(named(KINDS[0]).right(action))
    kind = next((one for one in known if one.name == request.GET.get("kind")), known[0])
    tabs = [
        {
            "label": one.title,
            "url": f"{reverse(name)}?kind={one.name}",
            "current": one is kind,
            "icon": one.icon,
        }
        for one in known
    ]
    return kind, tabs


def _share(count: int, total: int) -> float:
    return count / total if total else 0.0
