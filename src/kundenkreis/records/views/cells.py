"""The cells of a list that somebody has typed into, pasted or emptied."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import write
from kundenkreis.records.forms import RecordForm
from kundenkreis.records.lists.celltexts import CellField
from kundenkreis.records.lists.cellwriting import Cell, Row, Written, editable_names, write_cells
from kundenkreis.records.lists.rows import rendered
from kundenkreis.records.numbers import whole
from kundenkreis.records.page.editing import Edit
from kundenkreis.records.past.history import undo_url
from kundenkreis.records.views import show
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_POST
def write_page(request: StaffRequest, kind: RecordType) -> HttpResponse:
    """Write cells and answer their rows anew, with what was refused and why, for `kk-grid`."""
    rows = rows_of(request.POST.get("rows", ""))
    written = write_cells(kind, request.viewer, rows)
    shown = [row.pk for row in rows if row.pk] + written.made
    done = written.changed or written.made
    return JsonResponse(
        {
            "ask": _asked(kind, rows, written),
            "rows": rendered(kind, request.viewer, request.GET, shown),
            "made": written.made,
            "failed": written.failed,
            "text": summary(written),
            "undo_url": f"{kind.url('undo', written.batch)}?list=1" if done else "",
        }
    )


@require_http_methods(["GET", "POST"])
def sheet_page(request: StaffRequest, kind: RecordType, pk: int, name: str) -> HttpResponse:
    """The form of one cell as a sheet, where a table has no room to type in it."""
    if kind.way(name) and name in editable_names(kind, request.viewer):
        return _way_sheet(request, kind, pk, name)
    edit, given = Edit(kind, request.viewer, pk, [name]), request.method == "POST"
    if given and ("take" in request.POST or edit.save(request.POST)):
        undo = f"{undo_url(kind, edit.record)}?list=1"
        toast = {"toast": {"text": _("Saved."), "undo_url": undo}} if edit.changed else {}
        done = {"dialog:close": "", "record-changed": "", **toast}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(done)})
    edit.form.fields[name].widget.attrs["autofocus"] = True
    # Another lane may need a reason: the board's own way asks for it.
    moves = kind.board is not None and kind.board.field == name
    context = {
        "edit": edit,
        "field": edit.form[name],
        "difference": edit.differences.get(name),
        "action": kind.url(pk, "move") if moves else request.path,
    }
    return show(request, kind, "cell", context, status=422 if given else 200)


def _way_sheet(request: StaffRequest, kind: RecordType, pk: int, name: str) -> HttpResponse:
    """The same for what is no field of the record, such as an e-mail address."""
    viewer, given = request.viewer, request.method == "POST"
    record = kind.one(viewer, pk)
    write.require_for(kind, viewer, "change", record)
    cell = CellField(kind, name)
    form = RecordForm(kind, viewer, [name], request.POST if given else None, record=record)
    seen = request.POST.get("seen", cell.held(record))
    if given:
        done = write_cells(kind, viewer, [Row(pk, {name: Cell(request.POST.get(name, ""), seen)})])
        if not done.failed:
            undo = f"{kind.url('undo', done.batch)}?list=1" if done.changed else ""
            toast = {"text": _("Saved."), "undo_url": undo}
            said = {"toast": toast, "dialog:close": "", "record-changed": ""}
            return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(said)})
        form.errors.pop(name, None)
        form.add_error(name, done.failed[pk][name])
        seen = cell.held(kind.one(viewer, pk))
    form.fields[name].widget.attrs["autofocus"] = True
    edit = {"record": record, "seen": seen, "form": form}
    context = {"edit": edit, "field": form[name], "action": request.path}
    return show(request, kind, "cell", context, status=422 if given else 200)


def rows_of(text: str) -> list[Row]:
    """What the page sent. Raises `DomainError` for anything else."""
    try:
        return [_row(one) for one in json.loads(text)]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DomainError(
            _("These cells could not be read."),
            _("The page has sent something else than rows with texts."),
            _("Reload the page and try again."),
        ) from None


def _row(one: Any) -> Row:
    pk = whole(str(one["pk"]))
    if pk is None:
        raise ValueError(one["pk"])
    cells = {
        str(name): Cell(str(cell["text"]), str(cell["seen"]), bool(cell.get("chosen")))
        for name, cell in one["cells"].items()
    }
    return Row(pk, cells)


def _asked(kind: RecordType, rows: list[Row], written: Written) -> dict[str, Any] | None:
    """Where a single refused move to another lane asks for what it needs, as the board does."""
    if kind.board is None or len(rows) != 1 or list(rows[0].cells) != [kind.board.field]:
        return None
    cell, pk = rows[0].cells[kind.board.field], rows[0].pk
    if not kind.board.asks or not cell.chosen or pk not in written.failed or not pk:
        return None
    return {"url": kind.url(pk, "move"), "values": {"column": cell.text, "from": "list"}}


def summary(written: Written) -> str:
    """How many cells were changed, were so already, or were refused."""
    parts = []
    if written.made:
        many = ngettext("%(n)s record created", "%(n)s records created", len(written.made))
        parts.append(many % {"n": formats.number(len(written.made))})
    for number, words in (
        (written.changed, ngettext("%(n)s cell changed", "%(n)s cells changed", written.changed)),
        (
            written.unchanged,
            ngettext("%(n)s was so already", "%(n)s were so already", written.unchanged),
        ),
        (written.refused, ngettext("%(n)s refused", "%(n)s refused", written.refused)),
    ):
        if number:
            parts.append(words % {"n": formats.number(number)})
    return f"{', '.join(parts)}." if parts else _("Nothing to change.")
