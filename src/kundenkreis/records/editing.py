"""Changing one fact in place; when two people change the same one, nobody's value is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import Conflict, DomainError, NotFound
from kundenkreis.records import facts, write
from kundenkreis.records.cells import written
from kundenkreis.records.directory import Directory
from kundenkreis.records.fields import info
from kundenkreis.records.forms import RecordForm
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType


class FactEdit:
    """One fact of one record while somebody changes it."""

    def __init__(self, kind: RecordType, viewer: Viewer, pk: int, name: str) -> None:
        self.kind, self.viewer, self.name = kind, viewer, name
        self.record = kind.one(viewer, pk)
        if name not in facts.editable_names(kind, viewer, self.record):
            viewer.require_for(kind.right("change"), self.record)
            raise NotFound
        self.form = self._form(None)
        self.changed = False  # whether saving made a difference

    @property
    def version(self) -> int:
        return int(getattr(self.record, "version", 0))

    @property
    def seen(self) -> str:
        """The value as it stands, to tell later whether somebody else has changed it."""
        return self._text(self.record)

    def save(self, data: QueryDict) -> bool:
        """Write what was typed; False when it was refused, with the reasons in the form."""
        self.form = self._form(data)
        if not self.form.is_valid():
            return False
        try:
            self._write(whole(data.get("version", "")) or 0, data.get("seen", ""))
        except Conflict as error:
            self._show_both(error)
            return False
        except DomainError as error:
            if error.status != 422:
                raise
            self.form.add_error(self.name, str(error))
            return False
        before, self.record = self.version, self.kind.one(self.viewer, self.record.pk)
        self.changed = self.version != before
        return True

    def content(self) -> dict[str, Any]:
        """The fact again, as the record page shows it."""
        fact = facts.declared(self.kind, self.name)
        value = facts.shown(self.kind, self.record, fact, Directory([self.record]))
        return {"label": facts.label_of(self.kind, fact), "value": value}

    def _write(self, version: int, seen: str) -> None:
        values = {self.name: self.form.cleaned_data[self.name]}
        pk = self.record.pk
        try:
            write.change(self.kind, self.viewer, pk, version, values)
        except Conflict:
            # Somebody changed another fact meanwhile: that is no conflict about this one.
            self.record = self.kind.one(self.viewer, pk)
            if self.seen != seen:
                raise
            write.change(self.kind, self.viewer, pk, self.version, values)

    def _show_both(self, error: Conflict) -> None:
        value = self.seen or _("empty")
        self.form.add_error(
            self.name,
            _("Meanwhile somebody else changed this to “%(value)s”. Save again to replace it.")
            % {"value": value},
        )

    def _text(self, record: Any) -> str:
        found = info(self.kind.model, self.name)
        value = found.value(record)
        if value is None:
            return ""
        return str(value) if found.directory else written(found, value)

    def _form(self, data: QueryDict | None) -> RecordForm:
        return RecordForm(self.kind, self.viewer, [self.name], data, record=self.record)
