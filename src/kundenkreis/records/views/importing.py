"""Files in: choose them, say which column is which, look at what would happen, take over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import jobs
from kundenkreis.records.exchange import asking, commands, reports, review
from kundenkreis.records.models import Transfer
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

IN, State = Transfer.Direction.IN, Transfer.State
RECENT = 10


@require_http_methods(["GET", "POST"])
def import_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """Choose files; below, what was imported before."""
    viewer, problem = request.viewer, None
    viewer.require(kind.right("import"))
    if request.method == "POST":
        try:
            uploads = [_upload(one) for one in request.FILES.getlist("file")]
            found = commands.start_import(kind, viewer, uploads)
            jobs.begin(kind.side, found)
            return HttpResponseRedirect(kind.url("imports", found.pk))
        except DomainError as error:
            problem = error
    recent = commands.transfers(kind, viewer, IN)[:RECENT]
    context = {**_head(kind), "problem": problem, "recent": review.listed(kind, recent)}
    return show(request, kind, "import", context, status=422 if problem else 200)


def _upload(file: UploadedFile[Any]) -> tuple[str, Iterator[bytes]]:
    return file.name or "", file.chunks()


@require_GET
def imported_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """Where an import is: what there is to decide, how far it is, or what became of it."""
    found = commands.transfer(kind, request.viewer, IN, pk)
    part = "state" if request.headers.get("HX-Target") == "state" else ""
    if part and not found.moving:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {**_head(kind), "transfer": found, **_state(request, kind, found)}
    return show(request, kind, "importing", context, part=part)


def _state(request: StaffRequest, kind: RecordType, found: Transfer) -> dict[str, Any]:
    match found.state:
        case State.ASKING:
            return asking.columns(kind, request.viewer, found)
        case State.CHECKED:
            return review.checked(kind, request.viewer, found, request.GET)
        case State.DONE:
            return {**review.done(kind, found), "undo_url": kind.url("undo", found.batch)}
    return {}


@require_POST
def import_step(request: StaffRequest, kind: RecordType, pk: int, step: str) -> HttpResponse:
    """Decide something about an import, and let the worker go on with it."""
    viewer, found = request.viewer, commands.transfer(kind, request.viewer, IN, pk)
    data = request.POST
    match step:
        case "columns":
            decided = asking.decided(kind, viewer, found, data)
            if lacking := asking.lacking(kind, viewer, decided):
                found.asked |= decided  # shown as it was typed, kept when it is whole
                asked = asking.columns(kind, viewer, found, lacking)
                context = {**_head(kind), "transfer": found, **asked}
                return show(request, kind, "importing", context, status=422)
            commands.decide_import(kind, viewer, found, decided)
        case "read":
            chosen = {name: data.get(name, "") for name in ("encoding", "separator", "sheet")}
            commands.read_again(kind, viewer, found, **asking.readable(chosen))
        case "rows" | "run":
            commands.choose_rows(kind, viewer, found, review.chosen(kind, found, data))
            if step == "run":
                commands.run_import(kind, viewer, found)
            elif "again" in data:
                commands.decide_import(kind, viewer, found, {})
        case "back":
            commands.ask_again(kind, viewer, found)
        case "on":
            commands.go_on(kind, viewer, found)
    if found.moving:
        jobs.begin(kind.side, found)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponseRedirect(f"{kind.url('imports', pk)}{query}")


@require_GET
def import_report(request: StaffRequest, kind: RecordType, pk: int, name: str) -> HttpResponse:
    """What became of every row, or the failed rows to be corrected and imported once more."""
    found = commands.transfer(kind, request.viewer, IN, pk)
    lines = reports.lines(kind, found, only_failed=name == "failed")
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{kind.slug}-import-{pk}-{name}.csv"'
    return answer  # type: ignore[return-value]


def _head(kind: RecordType) -> dict[str, Any]:
    return {
        "title": _("Import %(types)s") % {"types": kind.label_plural},
        "trail": [{"label": kind.title, "url": kind.url()}],
        "list_url": kind.url(),
        "import_url": kind.url("import"),
    }
