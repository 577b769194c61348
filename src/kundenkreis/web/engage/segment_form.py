"""The form of a new segment: its name in both languages, and its definition as JSON."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.segments.templates import template as shipped
from kundenkreis.kernel.fields import LANGUAGES

EMPTY = {"v": 1, "where": {"type": "all", "children": []}}
UNREADABLE = _("This definition cannot be read.")


class SegmentForm(forms.Form):
    """What the builder sends."""

    name_de = forms.CharField(label=_("Name (German)"), max_length=120)
    name_en = forms.CharField(label=_("Name (English)"), max_length=120, required=False)
    definition = forms.CharField(widget=forms.HiddenInput, max_length=100_000)

    def clean_definition(self) -> Any:
        found = definition(self.cleaned_data["definition"])
        if found is None:
            raise forms.ValidationError(UNREADABLE)
        return found

    def values(self) -> dict[str, Any]:
        clean = self.cleaned_data
        name = {code: clean[f"name_{code}"] for code in LANGUAGES if clean[f"name_{code}"]}
        return {"name": name, "definition": clean["definition"]}


def definition(text: str) -> Any:
    """The definition in a text, None if it cannot be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # also numbers with thousands of digits
        return None


def blank(template: str) -> dict[str, Any]:
    """An empty form, or one filled from a shipped template."""
    chosen = shipped(template)
    if chosen is None:
        return {"definition": json.dumps(EMPTY)}
    names = {f"name_{code}": chosen.names.get(code, "") for code in LANGUAGES}
    return {**names, "definition": json.dumps(chosen.definition)}
