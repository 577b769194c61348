"""The form of a segment: its name in both languages, and its definition as JSON."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.segments.models import Segment
from kundenkreis.engage.segments.templates import template as shipped
from kundenkreis.kernel.fields import LANGUAGES
from kundenkreis.web.shell.versions import VersionedForm

EMPTY = {"v": 1, "where": {"type": "all", "children": []}}


class SegmentForm(VersionedForm):
    """What the builder sends."""

    name_de = forms.CharField(label=_("Name (German)"), max_length=120)
    name_en = forms.CharField(label=_("Name (English)"), max_length=120, required=False)
    definition = forms.CharField(widget=forms.HiddenInput, max_length=100_000)

    def clean_definition(self) -> Any:
        try:
            return json.loads(self.cleaned_data["definition"])
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This definition cannot be read.")) from error

    def values(self) -> dict[str, Any]:
        clean = self.cleaned_data
        name = {code: clean[f"name_{code}"] for code in LANGUAGES if clean[f"name_{code}"]}
        return {"name": name, "definition": clean["definition"]}


def blank(template: str) -> dict[str, Any]:
    """An empty form, or one filled from a shipped template."""
    chosen = shipped(template)
    if chosen is None:
        return {"definition": json.dumps(EMPTY)}
    names = {f"name_{code}": chosen.names.get(code, "") for code in LANGUAGES}
    return {**names, "definition": json.dumps(chosen.definition)}


def initial(segment: Segment) -> dict[str, Any]:
    names = {f"name_{code}": segment.name.get(code, "") for code in LANGUAGES}
    definition = json.dumps(segment.definition)
    return {**names, "definition": definition, "version": segment.version}
