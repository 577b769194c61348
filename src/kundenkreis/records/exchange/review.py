"""What the pages of a checked import and of one that is done show, and what their forms say.

What records say is read anew for every page: rights may be fewer by now than when it was checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kundenkreis.records.directory import Directory
from kundenkreis.records.exchange import notes, words
from kundenkreis.records.exchange.asking import choices_of
from kundenkreis.records.exchange.notation import text_of
from kundenkreis.records.exchange.table import Table
from kundenkreis.records.exchange.values import value_of, written
from kundenkreis.records.fields import info
from kundenkreis.records.formfields import ReferenceField
from kundenkreis.records.forms import form_names, of_input
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.safestring import SafeString

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.models import Transfer

PAGE = 25


def listed(kind: RecordType, transfers: Iterable[Transfer]) -> list[dict[str, Any]]:
    """Imports of before, each in a line."""
    return [
        {
            "url": kind.url("imports", one.pk),
            "at": one.created_at,
            "files": ", ".join(file["name"] for file in one.found.get("files", ())),
            "counts": tally(one, words.became_word),
            "transfer": one,
        }
        for one in transfers
    ]


def tally(transfer: Transfer, word: Callable[[str], str]) -> list[tuple[str, int]]:
    """The counts of a transfer that are not zero, in words."""
    names = ("created", "changed", "unchanged", "skipped", "failed")
    return [(word(name), transfer.counts[name]) for name in names if transfer.counts.get(name)]


def checked(
    kind: RecordType, viewer: Viewer, transfer: Transfer, parameters: QueryDict
) -> dict[str, Any]:
    """The counts, and a page of the rows that need a look, problems first."""
    counts = notes.count(kind.side, transfer)
    views = [name for name in notes.VIEWS if counts[name]]
    view = parameters.get("show", "")
    view = view if view in views else next(iter(views), "")
    start = whole(parameters.get("from", "")) or 0
    table = Table(kind.side, transfer)
    shown = notes.page(kind.side, transfer, view, start, PAGE + 1)
    today = _Today(kind, viewer, {note["pk"] for note in shown if note["pk"]})
    grid = _Grid(kind, viewer, transfer.asked["mapping"][: len(table.header)])
    turn = f"?show={view}&from="
    return {
        "tally": tally(transfer, words.would_word),
        "good": transfer.counts.get("created", 0) + transfer.counts.get("changed", 0),
        "views": [(name, _view_label(name), counts[name], name == view) for name in views],
        "view": view,
        "start": start,
        "grid": grid,
        "warned": counts["warnings"],
        "rows": [_row(kind, transfer, note, grid, table, today) for note in shown[:PAGE]],
        "next_url": f"{turn}{start + PAGE}" if len(shown) > PAGE else "",
        "previous_url": f"{turn}{max(0, start - PAGE)}" if start else "",
        "ignored": transfer.found.get("ignored", []),
        "trip": transfer.asked.get("trip", False),
        "several": len(transfer.found["files"]) > 1,
    }


def _view_label(name: str) -> str:
    return {
        "problems": _("With a problem"),
        "conflicts": _("Changed on both sides"),
        "changes": pgettext("rows", "Changes"),
        "warnings": _("Perhaps there already"),
        "new": pgettext("rows", "New"),
    }[name]


class _Grid:
    """The columns that become fields, and cells in which a row is corrected: with the suggestions
    that the form of such a record has."""

    def __init__(self, kind: RecordType, viewer: Viewer, mapping: list[str]) -> None:
        known = form_names(kind, viewer)
        self._names = [(at, name) for at, name in enumerate(mapping) if name]
        self._fields = {
            at: of_input(kind, name, viewer) for at, name in self._names if name in known
        }
        self.labels = [words.label_of(kind, name) for _at, name in self._names]

    @property
    def choices(self) -> list[tuple[str, list[str]]]:
        """Names of lists, with what there is to choose from in a column."""
        return [
            (f"choices-{at}", [str(label) for value, label in choices_of(field) if value])
            for at, field in self._fields.items()
            if isinstance(field, forms.ChoiceField)
        ]

    def cells(self, note: Mapping[str, Any]) -> list[tuple[str, SafeString]]:
        """Each cell of a row as text, and as an input."""
        cells = [*note["cells"], *[""] * len(self._names)]
        return [
            (cells[at], self._input(note, at, name, label, cells[at]))
            for (at, name), label in zip(self._names, self.labels, strict=True)
        ]

    def _input(
        self, note: Mapping[str, Any], at: int, name: str, label: str, text: str
    ) -> SafeString:
        field, place = self._fields.get(at), f"cell-{note['row']}-{at}"
        told = f"{label}, {_('Line')} {note['line']}"
        attributes = {"id": place, "aria-label": told}
        if name in note["wrong"]:
            attributes["aria-invalid"] = "true"
        if isinstance(field, forms.ChoiceField):
            attributes["list"] = f"choices-{at}"
        suggests = isinstance(field, ReferenceField)
        widget = field.widget if field is not None and suggests else forms.TextInput()
        return widget.render(place, text, attributes)


class _Today:
    """What records say now, as far as the viewer may know it by now."""

    def __init__(self, kind: RecordType, viewer: Viewer, pks: set[int]) -> None:
        self._kind, self._viewer = kind, viewer
        self._records = {one.pk: one for one in kind.rows(viewer).filter(pk__among=pks)}
        self._directory = Directory(self._records.values())
        self._inputs = {one.name: one for one in kind.inputs}

    def knows(self, pk: int | None) -> bool:
        return pk in self._records

    def title(self, pk: int | None) -> str:
        if pk in self._records:
            return str(self._records[pk])
        return f"#{pk}" if pk else ""

    def sees(self, pk: int | None, name: str) -> bool:
        return self.knows(pk) and self._kind.sees(self._viewer, name)

    def said(self, pk: int, name: str) -> str:
        """The value of a field in words."""
        record = self._records[pk]
        if name in self._inputs:
            read = self._inputs[name].read
            return "" if read is None else str(read(record))
        return written(value_of(info(self._kind.model, name), record, self._directory))


def _row(
    kind: RecordType,
    transfer: Transfer,
    note: dict[str, Any],
    grid: _Grid,
    table: Table,
    today: _Today,
) -> dict[str, Any]:
    pk = note["pk"]
    declined = table.choices.get("declined", {}).get(str(note["row"]), ())
    accepted = table.choices.get("accepted", {}).get(str(note["row"]), ())

    def told(said: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
        """Field, its label, what it is, and what the file says, where all that may be known."""
        for name, text in said.items():
            if today.sees(pk, name):
                yield name, words.label_of(kind, name), today.said(pk, name), text

    return {
        **note,
        "title": today.title(pk),
        "file": table.names[note["file"]],
        "url": kind.url(pk) if today.knows(pk) else "",
        "problem": words.said_wrong(kind, note),
        "left_out": note["row"] in table.choices.get("left_out", ()),
        "cells": grid.cells(note),
        "edits": [(*one, one[0] not in declined) for one in told(note["changes"])],
        "disputes": [(*one, one[0] in accepted) for one in told(note["conflicts"])],
    }


def chosen(
    kind: RecordType, transfer: Transfer, data: QueryDict
) -> Callable[[dict[str, Any]], None]:
    """What a page of rows says: corrected cells, rows left out, changes and conflicts decided.

    Only what the page showed is decided by it; `shown` names it.
    """
    table = Table(kind.side, transfer)

    def change(made: dict[str, Any]) -> None:
        for text in data.getlist("cells"):
            number = whole(text)
            if number is not None and number < table.total:
                _fix(made, number, table.row(number).cells, data)
        for text in data.getlist("shown"):
            number = whole(text)
            if number is not None:
                _leave_out(made, number, f"out-{number}" in data)
        for text in data.getlist("edit"):
            _tick(made.setdefault("declined", {}), text, f"take-{text}" not in data)
        for text in data.getlist("dispute"):
            _tick(made.setdefault("accepted", {}), text, f"take-{text}" in data)

    return change


def _fix(made: dict[str, Any], number: int, cells: list[Any], data: QueryDict) -> None:
    fixes = made.setdefault("fixes", {}).setdefault(str(number), {})
    for at, cell in enumerate(cells):
        text = data.get(f"cell-{number}-{at}")
        if text is not None and text.strip() != text_of(cell):
            fixes[str(at)] = text.replace("\0", "")[:2_000]


def _leave_out(made: dict[str, Any], number: int, out: bool) -> None:
    rows = set(made.get("left_out", ()))
    made["left_out"] = sorted(rows | {number} if out else rows - {number})


def _tick(places: dict[str, list[str]], text: str, on: bool) -> None:
    number, _dash, name = text.partition("-")
    if whole(number) is None:
        return
    names = set(places.get(number, ()))
    places[number] = sorted(names | {name} if on else names - {name})


def done(kind: RecordType, transfer: Transfer) -> dict[str, Any]:
    """What became of the rows, and the files that say it one by one."""
    counts = transfer.counts
    return {
        "tally": tally(transfer, words.became_word),
        "written": counts.get("created", 0) + counts.get("changed", 0),
        "failed_url": kind.url("imports", transfer.pk, "report", "failed")
        if counts.get("failed")
        else "",
        "results_url": kind.url("imports", transfer.pk, "report", "results"),
    }
