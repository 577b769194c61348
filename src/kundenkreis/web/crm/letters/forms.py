"""What is asked before something is printed for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.letters import queries
from kundenkreis.crm.letters.formats import SHEETS, USUAL
from kundenkreis.crm.letters.models import Letter
from kundenkreis.crm.letters.recipients import WORK_FIRST
from kundenkreis.records import named
from kundenkreis.records.formfields import ReferenceField

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer

WHERE = (
    ("", _("At home; at work without an address of their own")),
    (WORK_FIRST, _("At work, where they work somewhere")),
)


class _RunForm(forms.Form):
    """Whose paper, what it is about, and where to; `people` are asked where."""

    def __init__(self, viewer: Viewer, data: Any = None, *, people: bool, **more: Any) -> None:
        super().__init__(data, **more)
        heads = named("letterhead")
        head = ReferenceField(kind=heads, viewer=viewer, label=_("Letterhead"))
        purpose = forms.ChoiceField(
            label=_("What it is about"), choices=Letter.Purpose.choices, initial="marketing"
        )
        self.fields = {"letterhead": head, "purpose": purpose, **self.fields}
        self.initial.setdefault("letterhead", queries.letterheads(viewer).order_by("pk").first())
        if people:
            self.fields["where"] = forms.ChoiceField(
                label=_("Where to"), choices=WHERE, required=False
            )

    @property
    def asked(self) -> dict[str, Any]:
        """What the run keeps."""
        given = dict(self.cleaned_data)
        return {**given, "letterhead": given["letterhead"].pk}


class LettersForm(_RunForm):
    """A letter for many."""

    subject = forms.CharField(label=_("Subject"), max_length=160)
    body = forms.CharField(
        label=_("Text"), max_length=20_000, widget=forms.Textarea, initial="{{ salutation }},\n\n"
    )

    def __init__(self, viewer: Viewer, data: Any = None, **more: Any) -> None:
        super().__init__(viewer, data, **more)
        last = [self.fields.pop(name) for name in ("subject", "body")]
        self.fields |= dict(zip(("subject", "body"), last, strict=True))


class LabelsForm(_RunForm):
    """Addresses on sheets of labels."""

    format = forms.ChoiceField(
        label=_("Labels"),
        choices=[(name, one.label) for name, one in SHEETS.items()],
        initial=USUAL,
    )
    first = forms.IntegerField(
        label=_("First free label"),
        min_value=1,
        max_value=max(one.count for one in SHEETS.values()),
        initial=1,
        help_text=_("of a sheet that was begun, counted by rows"),
    )
