"""The page of those who may be there twice: pairs with reasons, side by side, to be decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kundenkreis.crm.people.doubles import commands, queries
from kundenkreis.crm.people.models import DuplicatePair
from kundenkreis.kernel.errors import NotFound
from kundenkreis.records import named
from kundenkreis.records.numbers import whole
from kundenkreis.ui import formats
from kundenkreis.web.crm.people.pairs import all_shown

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest

KINDS = ("person", "organisation")
PAGE = 20
State = DuplicatePair.State
DECISIONS = {"apart": commands.set_apart, "again": commands.ask_again}


@require_safe
def duplicates(request: StaffRequest) -> HttpResponse:
    """Pairs of one kind, open ones or those that were told apart."""
    viewer = request.viewer
    kinds = [name for name in KINDS if viewer.may(named(name).right("read"))]
    if not kinds:
        raise viewer.refusal("crm.person.read")
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else kinds[0]
    state = State.DIFFERENT if request.GET.get("state") == State.DIFFERENT else State.OPEN
    page = max(whole(request.GET.get("page", "")) or 1, 1)
    rows = queries.pairs(viewer, kind, state)[(page - 1) * PAGE : page * PAGE + 1]
    found = list(rows)
    context = {
        "title": _("Duplicates"),
        "title_icon": "copy",
        "kind_name": kind,
        "state": state,
        "pairs": all_shown(viewer, queries.together(viewer, found[:PAGE])),
        "tabs": [_tab(request, name, kind) for name in kinds],
        "states": [
            (_address(kind), State.OPEN, _("To be decided")),
            (_address(kind, state=State.DIFFERENT), State.DIFFERENT, _("Told apart")),
        ],
        "previous_url": _address(kind, state=state, page=page - 1) if page > 1 else "",
        "next_url": _address(kind, state=state, page=page + 1) if len(found) > PAGE else "",
        **_status(request),
    }
    return render(request, "people/duplicates.html", context)


@require_safe
def status(request: StaffRequest) -> HttpResponse:
    """How far a comparison is; once it has ended, the page is read anew."""
    context = _status(request)
    answer = render(request, "people/duplicates.html#status", context)
    if not context["moving"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def compare(request: StaffRequest) -> HttpResponse:
    """Have the whole base compared now."""
    commands.ask_for_run(actor=request.viewer)
    return redirect("duplicates")


@require_POST
def decide(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """Tell two apart, or ask again."""
    if what not in DECISIONS:
        raise NotFound
    row = DECISIONS[what](actor=request.viewer, pair_id=pk)
    if what == "apart":
        undo = reverse("duplicate-decide", args=[pk, "again"])
        text = _("They are told apart; nobody is asked again.")
        messages.success(request, text, extra_tags=undo)
    else:
        messages.success(request, _("The pair is to be decided again."))
    return redirect(_address(row.kind))


def _status(request: StaffRequest) -> dict[str, Any]:
    run = queries.last_run(request.viewer)
    return {
        "run": run,
        "result": queries.last_result(request.viewer),
        "moving": run is not None and run.moving,
        "may_compare": request.viewer.may("crm.person.change"),
    }


def _tab(request: StaffRequest, name: str, current: str) -> dict[str, Any]:
    count = queries.counted(request.viewer, name, State.OPEN)
    more = count > queries.COUNTED
    label = f"{named(name).title} {formats.number(queries.COUNTED)}+" if more else named(name).title
    return {
        "label": label,
        "url": _address(name),
        "current": name == current,
        "icon": named(name).icon,
        "count": "" if more else count,
    }


def _address(kind: str, *, state: str = State.OPEN, page: int = 1) -> str:
    asked = {"kind": kind}
    if state != State.OPEN:
        asked["state"] = str(state)
    if page > 1:
        asked["page"] = str(page)
    return f"{reverse('duplicates')}?{urlencode(asked)}"
