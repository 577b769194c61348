"""Forms that carry the version they were filled from: nobody's change is replaced unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from kundenkreis.kernel.record import Record


class VersionedForm(forms.Form):
    """A form of a stored record; `initial` names its version."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1
    )

    def overtaken(self, record: Record) -> None:
        """Say that the record was changed meanwhile; saving again is then a decision."""
        self.add_error(
            None,
            _(
                "Somebody else has saved this meanwhile. What you entered is still here: compare "
                "it with the saved one, and save again to replace it."
            ),
        )
        self.data = {**{name: self.data[name] for name in self.data}, "version": record.version}
