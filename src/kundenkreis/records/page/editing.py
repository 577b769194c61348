"""Changing facts of a record, one in place or all in a form, while others may do the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.forms import MultiWidget

from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.records import write
from kundenkreis.records.custom import layout
from kundenkreis.records.directory import Directory
from kundenkreis.records.forms import RecordForm
from kundenkreis.records.page import facts, merging
from kundenkreis.records.page.merging import Difference, Differs, Seen

if TYPE_CHECKING:
    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType


class Edit:
    """Some facts of one record while somebody changes them; all that they may, without names.

    Raises `NotAllowed` for a record they may not change, `NotFound` for a fact nobody offers.
    """

    def __init__(
        self, kind: RecordType, viewer: Viewer, pk: int, names: Sequence[str] = ()
    ) -> None:
        self.kind, self.viewer = kind, viewer
        self.record = kind.one(viewer, pk)
        offered = facts.editable_names(kind, viewer, self.record)
        known = layout.fact_names(kind, viewer)
        self.names = [name for name in names or known if name in offered]
        if not self.names:
            write.require_for(kind, viewer, "change", self.record)
            for name in set(names) & set(known):
                if not kind.sets(viewer, name):
                    raise NotAllowed(kind.right("change"), field=name)
            raise NotFound
        self.form = self._form(None)
        self.before: Seen = merging.seen(self.record, self.names)
        self.differences: dict[str, Difference] = {}
        self.changed = False  # whether saving made a difference

    @property
    def out_of_sight(self) -> bool:
        """Whether the record is no longer the viewer's to read: it was handed over, say."""
        return not self.kind.rows(self.viewer).filter(pk=self.record.pk).exists()

    @property
    def seen(self) -> str:
        """What the facts hold, to tell later whether somebody else has changed them."""
        return json.dumps(self.before)

    @property
    def fields(self) -> list[tuple[Any, Difference | None]]:
        """The form's fields, each with what somebody else has made of it meanwhile."""
        return [(self.form[name], self.differences.get(name)) for name in self.names]

    def save(self, data: QueryDict) -> bool:
        """Write what was typed; False when it was refused, with the reasons in the form."""
        self.form, self.before = self._form(data), merging.read(data.get("seen", ""))
        if not self.form.is_valid():
            return False
        pk, was = self.record.pk, self.record.version
        values = {name: self.form.cleaned_data[name] for name in self.names}
        try:
            self.record = merging.merge(self.kind, self.viewer, pk, self.before, values)
        except Differs as error:
            self.differences = {one.name: one for one in error.differences}
            self.before = error.seen
            return False
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            self.form.add_error(error.field if error.field in self.names else None, str(error))
            return False
        self.changed = self.record.version != was
        return True

    def refuse(self, data: QueryDict, name: str, why: StrOrPromise) -> None:
        """Show what was typed with what is wrong about one field."""
        self.form, self.before = self._form(data), merging.read(data.get("seen", ""))
        self.form.add_error(name, str(why))

    def take(self, data: QueryDict, name: str) -> None:
        """Put the stored value of one field into the form and leave the others as typed."""
        typed, stored = data.copy(), self._form(None)
        if name in self.names:
            value, widget = stored[name].value(), stored.fields[name].widget
            if isinstance(widget, MultiWidget):
                for number, text in enumerate(widget.decompress(value) or ()):
                    typed[f"{name}_{number}"] = text
            else:
                typed.setlist(name, [] if value in (None, False) else [str(value)])
        self.form, self.before = self._form(typed), merging.read(data.get("seen", ""))

    def content(self) -> dict[str, Any]:
        """The first of the facts again, as the record page shows it."""
        fact = facts.declared(self.kind, self.viewer, self.names[0])
        value = facts.shown(self.kind, self.record, fact, Directory([self.record]))
        return {"label": facts.label_of(self.kind, fact), "value": value}

    def _form(self, data: QueryDict | None) -> RecordForm:
        return RecordForm(self.kind, self.viewer, self.names, data, record=self.record)
