"""Restricting a person, and lifting that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.crm.people import restricting
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named
from kundenkreis.records.formfields import DayField

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest

REASONS = [
    (one.value, one.label) for one in restricting.Reason if one not in restricting.BY_ERASURE
]


class RestrictionForm(forms.Form):
    """Why a person is restricted, and perhaps until when."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=REASONS)
    until = DayField(label=gettext_lazy("Until"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def restrict(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask why, and restrict them."""
    viewer, kind = request.viewer, named("person")
    person = kind.one(viewer, pk)
    viewer.require_for(restricting.SET, person)
    form = RestrictionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            restricting.restrict_person(actor=viewer, person_id=pk, **form.cleaned_data)
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("The person is restricted."))
            return redirect(kind.url(pk))
    context: dict[str, Any] = {
        "title": _("Restrict"),
        "about": _(
            "Their data are kept, but nobody changes them or advertises to them, marketing leaves "
            "them out, and only whoever needs them finds them."
        ),
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": str(person), "url": kind.url(pk)},
        ],
        "form": form,
        "submit": _("Restrict"),
        "cancel_url": kind.url(pk),
    }
    return render(request, "protection/form.html", context, status=422 if form.errors else 200)


@require_POST
def free(request: StaffRequest, pk: int) -> HttpResponse:
    """Lift the restriction."""
    kind = named("person")
    kind.one(request.viewer, pk)
    restricting.free_person(actor=request.viewer, person_id=pk)
    messages.success(request, _("The restriction is lifted."))
    return redirect(kind.url(pk))
