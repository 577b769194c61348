"""Import from CSV files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import importing
from kundenkreis.records.views import show

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest

SAMPLE = 3


@require_http_methods(["GET", "POST"])
def import_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """Three steps on one page: choose a file, check the columns and every row, create."""
    request.viewer.require(kind.right("import"))
    if request.method == "GET":
        return _page(request, kind, {})
    try:
        text, encoding = _text(request)
        table = importing.sheet(text, encoding)
    except DomainError as error:
        return _page(request, kind, {"problem": error}, 422)
    mapping = request.POST.getlist("column")[: importing.MAX_COLUMNS]
    mapping = mapping or importing.guessed(kind, request.viewer, table.header)
    step = importing.run if request.POST.get("step") == "run" else importing.check
    result = step(kind, request.viewer, table, mapping)
    return _page(request, kind, _context(request, kind, table, mapping, text, result, step))


def _text(request: StaffRequest) -> tuple[str, str]:
    uploaded = request.FILES.get("file")
    if uploaded is None:
        return request.POST.get("text", "")[: importing.MAX_BYTES], request.POST.get("encoding", "")
    return importing.decoded(uploaded.read(importing.MAX_BYTES + 1))


def _context(
    request: StaffRequest,
    kind: RecordType,
    table: importing.Sheet,
    mapping: list[str],
    text: str,
    result: importing.Result,
    step: Any,
) -> dict[str, Any]:
    samples = [
        [row[at] if at < len(row) else "" for row in table.rows[:SAMPLE]]
        for at in range(len(table.header))
    ]
    padded = [*mapping, *[""] * len(table.header)]
    return {
        "table": table,
        "text": text,
        "columns": list(zip(table.header, padded, samples, strict=False)),
        "targets": importing.targets(kind, request.viewer),
        "result": result,
        "errors": result.errors[:100],
        "done": step is importing.run,
        "undo_url": kind.url("undo", result.batch),
    }


def _page(
    request: StaffRequest, kind: RecordType, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    known = {
        "title": _("Import %(types)s") % {"types": kind.label_plural},
        "trail": [{"label": kind.title, "url": kind.url()}],
        "list_url": kind.url(),
    }
    return show(request, kind, "import", known | context, status=status)
