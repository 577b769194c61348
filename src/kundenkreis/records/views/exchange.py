"""Export of a list: at once, or by the worker when it is long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kundenkreis.records import jobs, working
from kundenkreis.records.exchange import commands, exporting, outgoing
from kundenkreis.records.exchange.writers import CSV, MEDIA_TYPES
from kundenkreis.records.models import Transfer
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

OUT = Transfer.Direction.OUT


@require_http_methods(["GET", "POST"])
def export_file(request: StaffRequest, kind: RecordType, form: str) -> HttpResponseBase:
    """The current view as a file. A long one is asked for by POST and made by the worker."""
    if form not in MEDIA_TYPES:
        raise Http404
    found = exporting.export(kind, request.viewer, request.GET, form)
    total, asked = found.total, request.method == "POST"
    if total > exporting.AT_ONCE and not asked:
        return show(request, kind, "export", _context(kind, total=total))
    noted = commands.note_export(
        kind, request.viewer, query=request.GET.urlencode(), form=form, total=total,
        columns=[column.name for column in found.columns],
        state=Transfer.State.RUNNING if total > exporting.AT_ONCE else Transfer.State.DONE,
    )  # fmt: skip
    if noted.moving:
        working.enqueue(jobs.go_on_with_transfer, kind.side, noted)
        return HttpResponseRedirect(kind.url("exports", noted.pk))
    content = exporting.csv_file(found) if form == CSV else exporting.excel_file(found)
    answer: Any = StreamingHttpResponse if form == CSV else FileResponse
    name = exporting.file_name(kind, request.viewer, request.GET, form)
    return _as_file(answer(content, content_type=MEDIA_TYPES[form]), name)


@require_GET
def export_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """How far an export is; the file when it is done."""
    found = commands.transfer(kind, request.viewer, OUT, pk)
    part = "state" if request.headers.get("HX-Target") == "state" else ""
    return show(request, kind, "export", _context(kind, transfer=found), part=part)


@require_GET
def exported_file(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponseBase:
    """The finished file, to whom has asked for it."""
    found = commands.transfer(kind, request.viewer, OUT, pk)
    path = outgoing.file_of(kind.side, found)
    if found.state != Transfer.State.DONE or not path.exists():
        raise Http404
    outgoing.require_same_rights(request.viewer, kind.side, found)
    form = found.asked["format"]
    asked = QueryDict(found.asked["query"])
    name = exporting.file_name(kind, request.viewer, asked, form)
    return _as_file(FileResponse(path.open("rb"), content_type=MEDIA_TYPES[form]), name)


def _as_file(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _context(
    kind: RecordType, *, transfer: Transfer | None = None, total: int = 0
) -> dict[str, Any]:
    return {
        "title": _("Export %(types)s") % {"types": kind.label_plural},
        "trail": [{"label": kind.title, "url": kind.url()}],
        "list_url": kind.url(),
        "transfer": transfer,
        "total": total,
        "file_url": kind.url("exports", transfer.pk, "file") if transfer else "",
    }
