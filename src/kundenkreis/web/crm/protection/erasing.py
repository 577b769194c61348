"""Erasing somebody: what would go and what has to stay, and doing it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kundenkreis.crm.protection.erasures import RIGHT
from kundenkreis.crm.protection.queries import open_requests_of
from kundenkreis.dossier import erasing
from kundenkreis.dossier.asking import order_erasure
from kundenkreis.dossier.whose import whose
from kundenkreis.dossier.words import called, grouped
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kundenkreis.crm.protection.models import DataRequest
    from kundenkreis.records.requests import StaffRequest


class ErasureForm(forms.Form):
    """The request that it answers, and the name once more."""

    request = forms.TypedChoiceField(
        label=gettext_lazy("Request that it answers"),
        coerce=lambda value: int(value) if value else None,
        empty_value=None,
        required=False,
    )
    typed = forms.CharField(label=gettext_lazy("Name of the person"), max_length=300)

    def __init__(self, data: Any, requests: Sequence[DataRequest], name: str) -> None:
        super().__init__(data)
        field = self.fields["request"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("none")), *((str(one.pk), str(one)) for one in requests)]
        asked = next((one for one in requests if one.kind == one.Kind.ERASURE), None)
        self.initial["request"] = asked.pk if asked else ""
        self.fields["typed"].help_text = _("Type “%(name)s”: nobody can take an erasure back.") % {
            "name": name
        }


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: StaffRequest, pk: int) -> HttpResponse:
    """What an erasure would take, and the way to have it done."""
    kind, viewer = named("person"), request.viewer
    person = kind.one(viewer, pk)
    viewer.require_for(RIGHT, person)
    requests = open_requests_of(viewer, person)
    form = ErasureForm(request.POST if request.method == "POST" else None, requests, str(person))
    if form.is_bound and form.is_valid():
        try:
            made = order_erasure(
                actor=viewer, person_id=pk, typed=form.cleaned_data["typed"],
                request_id=form.cleaned_data["request"],
            )  # fmt: skip
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("The erasure has begun."))
            return redirect(named("erasure").url(made.pk))
    found = erasing.scope(whose(person))
    context = {
        "title": _("Erase for good"),
        "title_icon": "eraser",
        "trail": [{"label": kind.title, "url": kind.url()},
                  {"label": str(person), "url": kind.url(pk)}],
        "form": form,
        "cancel_url": kind.url(pk),
        "sides": [
            {"side": str(side), "rows": grouped({m._meta.label_lower: n for m, n in counts.items()})}
            for side, counts in found.counts.items()
        ],
        "held": [
            {"name": called(one.model), "count": one.count, "law": one.law, "until": one.until}
            for one in found.held
        ],
    }  # fmt: skip
    return render(request, "protection/erase.html", context, status=422 if form.errors else 200)


def told(counts: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """What an erasure took, per side, in words."""
    return [{"side": side, "rows": grouped(rows)} for side, rows in counts.items() if rows]


def stays(held: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What had to stay, in words."""
    return [
        {
            "name": called(apps.get_model(one["table"])),
            "count": one["count"],
            "law": one["law"],
            "until": date.fromisoformat(one["until"]),
        }
        for one in held
    ]
