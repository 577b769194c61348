"""Addresses of every registered type: `persons/`, `persons/4711/`, `persons/4711/edit/language/`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, path

from kundenkreis.kernel.record import Record
from kundenkreis.kernel.sides import Side
from kundenkreis.records import registry
from kundenkreis.records.lists.state import VIEW, opened
from kundenkreis.records.registry import TYPES
from kundenkreis.records.views import (
    boards,
    bulk,
    cells,
    columns,
    editing,
    exchange,
    fields,
    filtering,
    history,
    importing,
    layout,
    lists,
    marking,
    merging,
    pages,
    saved,
    sharing,
    steps,
    totals,
    writing,
)

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType


def patterns(side: Side) -> list[URLPattern]:
    """The addresses of all types of one side; call it when every context has registered."""
    made = [
        pattern for kind in TYPES.values() if kind.side is side for pattern in patterns_of(kind)
    ]
    if side is Side.CRM:
        made.append(path("fields/", fields.types_page, name="field-types"))
        made.append(path("day/", steps.day_read, name="day"))
    return made


def patterns_of(kind: RecordType) -> list[URLPattern]:
    """The addresses of one type: those of the actions it has."""
    one = f"{kind.slug}/<int:pk>/"
    made = [
        _address(kind, f"{kind.slug}/", "list", lists.list_page),
        _address(kind, f"{kind.slug}/suggestions/", "suggestions", lists.suggestions_page),
        _address(kind, f"{kind.slug}/words/<str:name>/", "words", lists.words_page),
        _address(kind, f"{kind.slug}/filter/", "filter", filtering.filter_page),
        _address(kind, f"{kind.slug}/columns/", "columns", columns.columns_page),
        _address(kind, f"{kind.slug}/count/", "count", filtering.count_page),
        _address(kind, f"{kind.slug}/totals/", "totals", totals.totals_page),
        _address(kind, one, "record", pages.record_page),
        _address(kind, f"{one}panel/", "panel", pages.record_panel),
        _address(kind, f"{one}history/", "history", history.history_page),
        _address(kind, f"{one}star/", "star", marking.toggle_star),
        _address(kind, f"{one}follow/", "follow", marking.toggle_follow),
        _address(kind, f"{one}seen/", "seen", marking.note_look),
        _address(kind, f"{kind.slug}/undo/<str:batch>/", "undo", history.undo_batch),
        *(_bulk(kind) if kind.actions & {"change", "remove"} else ()),
        *_views(kind),
    ]
    if "create" in kind.actions:
        made.append(_address(kind, f"{kind.slug}/new/", "new", writing.new_page))
    if "change" in kind.actions and issubclass(kind.model, Record):
        made.append(_address(kind, f"{one}shares/", "shares", sharing.shares_page))
        made.append(_address(kind, f"{one}shares/<int:share>/end/", "unshare", sharing.end_share))
        made.append(_address(kind, f"{one}next-step/", "next-step", steps.step_dialog))
        made.append(_address(kind, f"{one}next-step/later/", "step-later", steps.put_off))
        made.append(_address(kind, f"{one}next-step/done/", "step-done", steps.step_done))
    if "change" in kind.actions:
        made.append(_address(kind, f"{one}edit/", "edit", editing.edit_page))
        made.append(_address(kind, f"{one}edit/<str:name>/", "fact", editing.edit_fact))
        made.append(_address(kind, f"{kind.slug}/cells/", "cells", cells.write_page))
        made.append(_address(kind, f"{one}cell/<str:name>/", "cell", cells.sheet_page))
    if "remove" in kind.actions:
        made.append(_address(kind, f"{one}remove/", "remove", writing.remove_record))
        made.append(_address(kind, f"{kind.slug}/bin/", "bin", history.bin_page))
    if kind.merges:
        made.append(_address(kind, f"{one}merge/", "merge", merging.merge_page))
    if "import" in kind.actions:
        into = f"{kind.slug}/imports/<int:pk>/"
        made += [
            _address(kind, f"{kind.slug}/import/", "import", importing.import_page),
            _address(kind, into, "imported", importing.imported_page),
            _address(kind, f"{into}<slug:step>/", "import-step", importing.import_step),
            _address(kind, f"{into}report/<slug:name>/", "import-report", importing.import_report),
        ]
    if "export" in kind.actions:
        out = f"{kind.slug}/exports/<int:pk>/"
        made += [
            _address(kind, f"{kind.slug}/export.<str:form>", "export", exchange.export_file),
            _address(kind, out, "exported", exchange.export_page),
            _address(kind, f"{out}file/", "exported-file", exchange.exported_file),
        ]
    if issubclass(kind.model, Record):
        made += _own(kind)
    if kind.board:
        made += [
            _address(kind, f"{kind.slug}/board/", "board", boards.board_page),
            _address(kind, f"{one}move/", "move", boards.move_card),
        ]
    return made


def _own(kind: RecordType) -> list[URLPattern]:
    """The addresses where administrators make a type their own."""
    own, one = f"{kind.slug}/fields/", f"{kind.slug}/fields/<int:pk>/"
    return [
        _address(kind, own, "fields", fields.fields_page),
        _address(kind, f"{own}new/", "field-new", fields.new_field),
        _address(kind, f"{own}preview/", "field-preview", fields.preview),
        _address(kind, f"{own}order/", "field-order", fields.order_fields),
        _address(kind, f"{own}restore/<str:batch>/", "field-restore", fields.restore_field),
        _address(kind, f"{kind.slug}/layout/", "layout", layout.layout_page),
        _address(kind, f"{kind.slug}/layout/reset/", "layout-reset", layout.reset_layout),
        _address(kind, one, "field", fields.field_page),
        _address(kind, f"{one}archive/", "field-archive", fields.archive_field),
        _address(kind, f"{one}remove/", "field-remove", fields.remove_field),
    ]


def _bulk(kind: RecordType) -> list[URLPattern]:
    """The addresses of what is done with many records at once."""
    many = f"{kind.slug}/bulk/"
    return [
        _address(kind, many, "bulk-runs", bulk.runs_page),
        _address(kind, f"{many}all/", "bulk-all", bulk.all_matching),
        _address(kind, f"{many}field/", "bulk-field", bulk.field_row),
        _address(kind, f"{many}<int:pk>/", "bulk-run", bulk.run_page),
        _address(kind, f"{many}<int:pk>/stop/", "bulk-stop", bulk.stop_run),
        _address(kind, f"{many}<int:pk>/failures.csv", "bulk-failures", bulk.failures_file),
        _address(kind, f"{many}<slug:what>/", "bulk", bulk.bulk_dialog),
    ]


def _address(kind: RecordType, route: str, view: str, default: Callable[..., Any]) -> URLPattern:
    made = in_full(registry.views(kind).get(view, default))
    return path(route, made, {"kind": kind}, name=f"{kind.name}-{view}")


def _views(kind: RecordType) -> list[URLPattern]:
    """The addresses of saved ways to look at a list."""
    one = f"{kind.slug}/views/<int:pk>/"
    return [
        _address(kind, f"{kind.slug}/views/", "views", saved.new_view),
        _address(kind, one, "view", saved.change_view),
        _address(kind, f"{one}keep/", "view-keep", saved.keep_view),
        _address(kind, f"{one}remove/", "view-remove", saved.remove_view),
        _address(
            kind, f"{kind.slug}/views/restore/<str:batch>/", "view-restore", saved.restore_view
        ),
    ]


def in_full(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that finds all that a list shows in `request.GET`, though its address names a saved
    way to look at it (`?view=17`)."""

    @wraps(view)
    def run(request: Any, kind: RecordType, **more: Any) -> Any:
        if VIEW in request.GET:
            request.GET = opened(kind, request.viewer, request.GET)
        return view(request, kind, **more)

    return run
