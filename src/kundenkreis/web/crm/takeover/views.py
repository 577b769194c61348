"""A folder of mixed files becomes one clean base: bring them, see what they are, decide, look, start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kundenkreis.integrations.crm.folder import commands, example, sources
from kundenkreis.integrations.crm.folder.sources import SIDE
from kundenkreis.kernel import audit
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import jobs, named
from kundenkreis.records.bulk.commands import begin_undo
from kundenkreis.records.models import Transfer
from kundenkreis.records.past.undo import AT_ONCE, undo
from kundenkreis.ui import formats
from kundenkreis.web.crm.takeover import deciding, showing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.uploadedfile import UploadedFile

    from kundenkreis.records.requests import StaffRequest

State = Transfer.State
RECENT = 10


@require_http_methods(["GET", "POST"])
def start(request: StaffRequest) -> HttpResponse:
    """Bring files; below, what was taken over before."""
    viewer, problem = request.viewer, None
    commands.require(viewer)
    if request.method == "POST":
        try:
            uploads = [_upload(one) for one in request.FILES.getlist("file")]
            return _begun(commands.start(viewer, uploads))
        except DomainError as error:
            problem = error
    recent = commands.transfers(viewer)[:RECENT]
    context = {**showing.head(), "problem": problem, "recent": showing.listed(recent)}
    return render(request, "takeover/start.html", context, status=422 if problem else 200)


def _upload(file: UploadedFile[Any]) -> tuple[str, Iterator[bytes]]:
    return file.name or "", file.chunks()


def _begun(found: Transfer) -> HttpResponse:
    jobs.begin(SIDE, found)
    return redirect("takeover", found.pk)


@require_POST
def try_example(request: StaffRequest) -> HttpResponse:
    """Begin with five files that are shipped, to see how it goes."""
    uploads = [(name, iter([content])) for name, content in example.files().items()]
    return _begun(commands.start(request.viewer, uploads))


@require_GET
def page(request: StaffRequest, pk: int) -> HttpResponse:
    """Where a take-over is: what there is to decide, how far it is, or what became of it."""
    found = commands.transfer(request.viewer, pk)
    part = "#state" if request.headers.get("HX-Target") == "state" else ""
    if part and not found.moving:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {**showing.head(), **showing.state(found, request.GET)}
    return render(request, f"takeover/page.html{part}", context)


@require_http_methods(["GET", "POST"])
def file_page(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """What one table holds, and which of its columns is what."""
    found, problem = commands.transfer(request.viewer, pk), None
    if number >= len(sources.parts(found)):
        raise Http404
    if request.method == "POST":
        data = request.POST
        try:
            if "again" in data:
                commands.read_again(request.viewer, found, number, deciding.reading(data))
                return _begun(found)
            columns = data.getlist("column")
            commands.correct(request.viewer, found, number, data.get("what", ""), columns)
            return redirect("takeover", pk)
        except DomainError as error:
            problem = error
    context = {**showing.head(found), **showing.file(found, number), "problem": problem}
    return render(request, "takeover/file.html", context, status=422 if problem else 200)


@require_POST
def step(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """Decide something about a take-over, and let the worker go on with it."""
    viewer, found, data = request.viewer, commands.transfer(request.viewer, pk), request.POST
    match what:
        case "decide":
            said = deciding.decided(found, data)
            try:
                commands.decide(viewer, found, said)
            except DomainError as error:
                if error.status != 422:
                    raise
                found.asked |= said  # shown as it was typed, kept when it is whole
                context = {**showing.head(), **showing.state(found, request.GET), "problem": error}
                return render(request, "takeover/page.html", context, status=422)
        case "choose":
            commands.choose(viewer, found, lambda made: deciding.choices(found, data, made))
        case "back":
            commands.ask_again(viewer, found)
        case "carry":
            commands.carry(viewer, found)
        case "on":
            commands.go_on(viewer, found)
        case "undo":
            return _undo(request, found)
        case _:
            raise Http404
    if found.moving:
        jobs.begin(SIDE, found)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("takeover", args=[pk]) + query)


def _undo(request: StaffRequest, found: Transfer) -> HttpResponse:
    """Take all of it back: a little at once, much in the worker."""
    commands.note_undo(request.viewer, found)
    kind = named("person")
    if audit.size(SIDE, found.batch, AT_ONCE + 1) > AT_ONCE:
        run = begin_undo(kind, request.viewer, found.batch, jobs.go_on_with_bulk)
        return redirect(kind.url("bulk", run.pk))
    done = undo(request.viewer, SIDE, found.batch)
    text = ngettext(
        "%(n)s record is as it was before.", "%(n)s records are as they were before.", done.count
    )
    messages.success(request, text % {"n": formats.number(done.count)})
    for one in done.left[:5]:
        messages.warning(request, str(one))
    return redirect("takeover", found.pk)


@require_GET
def report(request: StaffRequest, pk: int) -> HttpResponse:
    """What could not be carried, and why, as CSV."""
    found = commands.transfer(request.viewer, pk)
    answer = StreamingHttpResponse(
        showing.report_lines(found), content_type="text/csv; charset=utf-8"
    )
    name = _("not carried")
    answer["Content-Disposition"] = f'attachment; filename="{name.replace(" ", "-")}-{pk}.csv"'
    return answer  # type: ignore[return-value]
