"""Absences: planning one's own or somebody's, and what was done meanwhile."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundenkreis.crm.accounts import absence_commands, queries
from kundenkreis.crm.accounts.models import Absence
from kundenkreis.kernel import audit
from kundenkreis.kernel.access import Level
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.records.formfields import DayField
from kundenkreis.records.past.behalf import Done, told

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.requests import StaffRequest

SHOWN = 200  # changes


class AbsenceForm(forms.Form):
    """Who is away, when, and who sees to their records."""

    user = forms.TypedChoiceField(label=gettext_lazy("Who"), coerce=int)
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("Until and including"))
    deputy = forms.TypedChoiceField(
        label=gettext_lazy("Deputy"),
        coerce=int,
        help_text=gettext_lazy(
            "Works with the records and next steps of whoever is away, as far as their own roles "
            "let them work with their own ones. Everything is written down."
        ),
    )

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        super().__init__(data, initial={"user": viewer.user_id})
        staff = queries.staff_choices(viewer)
        own = [(pk, name) for pk, name in staff if pk == viewer.user_id]
        self._set("user", staff if may_plan_for_others(viewer) else own)
        self._set("deputy", [("", _("– please choose –")), *staff])

    def _set(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        days = {name: given[name] for name in ("starts_on", "ends_on")}
        return {"user_id": given["user"], "deputy_id": given["deputy"], **days}


def may_plan_for_others(viewer: Viewer) -> bool:
    return viewer.level(absence_commands.FOR_OTHERS) is Level.ALL


@require_http_methods(["GET", "HEAD", "POST"])
def absence_list(request: StaffRequest) -> HttpResponse:
    """One's own absences and those one stands in for, or everybody's; a form for one more."""
    viewer = request.viewer
    form = AbsenceForm(viewer, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            absence_commands.plan_absence(actor=viewer, **form.values())
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("absence-list")
    today, everybody = queries.today(), may_plan_for_others(viewer)
    context = {
        "title": _("Absences"),
        "title_icon": "calendar-x",
        "absences": [
            {"absence": one, "now": one.starts_on <= today <= one.ends_on,
             "may_end": (everybody or one.user_id == viewer.user_id) and one.ends_on >= today,
             "may_look": one.user_id == viewer.user_id and one.starts_on <= today}
            for one in queries.absences(viewer, everybody=everybody)
        ],
        "form": form,
    }  # fmt: skip
    return render(
        request, "accounts/absence_list.html", context, status=422 if form.errors else 200
    )


@require_POST
def end_absence(request: StaffRequest, pk: int) -> HttpResponse:
    absence_commands.end_absence(actor=request.viewer, absence_id=pk)
    messages.success(request, _("Saved."))
    return redirect("absence-list")


@require_safe
def done_meanwhile(request: StaffRequest, pk: int) -> HttpResponse:
    """What deputies did with one's records during an absence."""
    viewer = request.viewer
    absence = queries.own_absence(viewer, pk)
    context = {
        "title": _("While you were away"),
        "trail": [{"label": _("Absences"), "url": reverse("absence-list")}],
        "absence": absence,
        "changes": changes(viewer, absence),
    }
    return render(request, "accounts/done_meanwhile.html", context)


@require_POST
def seen(request: StaffRequest, pk: int) -> HttpResponse:
    """It was read; the home page need not tell of it any more."""
    absence_commands.note_return(actor=request.viewer, absence_id=pk)
    return redirect("home")


def changes(viewer: Viewer, absence: Absence) -> list[Done]:
    """The changes of both sides, latest first, in the viewer's words and within their rights."""
    zone = ZoneInfo(settings.COMPANY_ZONE)
    start = datetime.combine(absence.starts_on, time.min, zone)
    end = datetime.combine(absence.ends_on + timedelta(days=1), time.min, zone)
    found: list[Done] = []
    for side in Side:
        entries = audit.on_behalf(side, f"user:{absence.user_id}", start, end, SHOWN)
        found += told(side, viewer, entries)
    return sorted(found, key=lambda step: step.at, reverse=True)[:SHOWN]
