"""Jobs and link health: what waits, what failed and why, and trying it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from kundenkreis.kernel import held
from kundenkreis.kernel import operation as kernel
from kundenkreis.kernel.jobs import commands as jobs
from kundenkreis.kernel.sides import Side
from kundenkreis.link import commands as link_commands
from kundenkreis.link import queries as link
from kundenkreis.web.shell.requests import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def operation(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    context = {
        "sides": [kernel.health(viewer, side) for side in Side],
        "dead_jobs": [(side, job) for side in Side for job in kernel.dead_jobs(viewer, side)],
        "directions": link.health(viewer),
        "letters": link.dead_letters(viewer, 50),
        "title_icon": "server-cog",
    }
    part = "#state" if request.headers.get("HX-Request") else ""
    return render(request, f"operation/operation.html{part}", context)


@require_POST
def release(request: HttpRequest) -> HttpResponse:
    held.release(actor=viewer_of(request))
    return redirect("operation:operation")


@require_POST
def retry_job(request: HttpRequest, side: str, job_id: int) -> HttpResponse:
    jobs.retry_job(actor=viewer_of(request), side=_side(side), job_id=job_id)
    return redirect("operation:operation")


@require_POST
def dead_letter(request: HttpRequest, side: str, message_id: int, what: str) -> HttpResponse:
    actions = {"retry": link_commands.retry_message, "discard": link_commands.discard_message}
    if what not in actions:
        raise Http404
    actions[what](actor=viewer_of(request), side=_side(side), message_id=message_id)
    return redirect("operation:operation")


def _side(name: str) -> Side:
    try:
        return Side(name)
    except ValueError as error:
        raise Http404 from error
