"""A list whose cells are edited in place: what `kk-grid` finds in its rows, cells and editors.

None of this is made for a list that is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from kundenkreis.records.forms import RecordForm
from kundenkreis.records.lists.celltexts import CellField
from kundenkreis.records.lists.cellwriting import (
    NEW,
    editable_names,
    needed,
    new_names,
    title_names,
)
from kundenkreis.records.lists.columns import columns_of, offered
from kundenkreis.ui.markup import escaped, joined, markup

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.safestring import SafeString

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Column, RecordType


@dataclass(frozen=True, slots=True)
class Editor:
    """What the cells of a column are edited with."""

    name: str
    widget: SafeString


def grid_columns(kind: RecordType, viewer: Viewer, parameters: QueryDict) -> tuple[Column, ...]:
    """The columns of a list that is edited: where the first one is composed of several fields, they
    stand behind it."""
    first, *others = columns_of(kind, viewer, parameters)
    parts, shown = title_names(kind), {column.name for column in others}
    allowed = {*editable_names(kind, viewer)} & {*parts} - {first.name} - shown
    behind = [column for column in offered(kind, viewer) if column.name in allowed]
    return (first, *sorted(behind, key=lambda one: parts.index(one.name)), *others)


class Grid:
    """The columns of a list whose cells a viewer may edit."""

    def __init__(self, kind: RecordType, viewer: Viewer, columns: Iterable[Column]) -> None:
        self.kind, self.viewer = kind, viewer
        self.columns = tuple(columns)
        shown = [column.name for column in self.columns]
        self.new = new_names(kind, viewer, shown)
        allowed = {*editable_names(kind, viewer)}
        self.names = [name for name in shown if name in allowed]

    def starts(self, records: Sequence[Any], urls: Iterable[str]) -> list[SafeString]:
        """The starts of rows; one that may not be changed says so before anything is typed."""
        reached = self.kind.reached(self.viewer, "change", records)
        start, locked = '<tr id="row-{}" data-pk="{}" data-url="{}"{}>', markup(' data-locked=""')
        return [
            markup(start, record.pk, record.pk, url, "" if may else locked)
            for record, url, may in zip(records, urls, reached, strict=True)
        ]

    def opening(self, column: Column, classes: str) -> Callable[[Any], str]:
        """What makes the start of the cells of a column."""
        if column.name not in self.names:
            plain = markup('<td class="{}">', classes)
            return lambda record: plain
        found = CellField(self.kind, column.name)
        label = column.label or found.label
        start = markup('<td class="{}" data-name="{}" data-label="{}"', classes, column.name, label)

        def make(record: Any) -> str:
            if found.hidden(record):
                return f"{start}>"
            text, is_held = found.typed(record), found.held(record)
            key = f' data-held="{escaped(is_held)}"' if is_held != text else ""
            return f'{start} data-value="{escaped(text)}"{key}>'

        return make

    def editors(self) -> list[Editor]:
        """One for each column that can be edited, the same for all of its cells."""
        names = list(dict.fromkeys([*self.names, *self.new]))
        form = RecordForm(self.kind, self.viewer, names)
        form.auto_id = "cell-%s"
        for field in form.fields.values():
            field.widget = _widget(field)
        return [Editor(name, form[name].as_widget(attrs=_attributes(form[name]))) for name in names]

    def new_row(self, *, picked: bool) -> SafeString:
        """An empty row that becomes a record; nothing where that takes more than the list shows."""
        if not self.new:
            return joined()
        start = markup(
            '<tr class="new-row" data-pk="{}" data-required="{}">',
            NEW,
            " ".join(needed(self.kind)),
        )
        hint = _("New %(type)s") % {"type": self.kind.label}
        cells = [markup('<td class="check"></td>')] if picked else []
        for place, column in enumerate(self.columns):
            name = markup(' data-name="{}" data-value=""', column.name)
            cells.append(
                markup(
                    '<td class="{}"{}>{}</td>',
                    "primary-cell" if place == 0 else "",
                    name if column.name in self.new else "",
                    markup('<span class="none">{}</span>', hint) if place == 0 else "",
                )
            )
        return joined(start, *cells, "</tr>")


def _attributes(field: forms.BoundField) -> dict[str, Any]:
    return {"aria-label": field.label, "autocomplete": "off"}


def _widget(field: forms.Field) -> forms.Widget:
    """Text where one types, a list where one chooses: a cell has no room for pickers."""
    if isinstance(field, forms.BooleanField):
        return forms.Select(choices=[("false", _("no")), ("true", _("yes"))])
    if isinstance(field, forms.DateField | forms.DateTimeField | forms.TimeField):
        return forms.TextInput()
    if isinstance(field.widget, forms.EmailInput):
        return forms.TextInput(
            attrs={"inputmode": "email"}
        )  # of type "email" it has no caret to set
    if isinstance(field.widget, forms.Textarea):
        return forms.Textarea(attrs={"rows": 1})
    widget: forms.Widget = field.widget
    return widget
