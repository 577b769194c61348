"""Who has to be told what is kept about them, and noting that they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from kundenkreis.crm.people import informing
from kundenkreis.crm.people.models import Informed
from kundenkreis.kernel import clock
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named
from kundenkreis.records.formfields import DayField
from kundenkreis.records.lists.selection import Selection
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest

SHOWN = 100
READ = "crm.person.read"


class InformedForm(forms.Form):
    """How people were told and when, or why they need not be."""

    how = forms.ChoiceField(label=gettext_lazy("How"), choices=Informed.How.choices)
    on = DayField(label=gettext_lazy("On"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For an exception: its reason, which the authority may ask for."),
    )


@require_safe
def queue(request: StaffRequest) -> HttpResponse:
    """Who has not been told yet, as far as the viewer may read them."""
    viewer = request.viewer
    viewer.require(READ)
    rows, mine = informing.not_informed(viewer), bool(request.GET.get("mine"))
    if mine:
        rows = rows.filter(owner_id__in=viewer.owners)
    rows = rows.filter(pk__gt=whole(request.GET.get("after", "")) or 0)
    found = list(rows[: SHOWN + 1])
    shown = found[:SHOWN]
    context = {
        "title": _("To be informed"),
        "title_icon": "megaphone",
        "duties": [informing.duty_of(one) for one in shown],
        "mine": mine,
        "after": shown[-1].pk if len(found) > SHOWN else 0,
    }
    return render(request, "protection/informing.html", context)


@require_GET
def choose(request: StaffRequest) -> HttpResponse:
    """From the chosen persons of a list to the page on which it is noted."""
    request.viewer.require(informing.RIGHT)
    Selection.of(request.GET)  # whether anything is chosen
    address = f"{reverse('informing-note')}?{request.GET.urlencode()}"
    return HttpResponse(headers={"HX-Redirect": address})


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: StaffRequest) -> HttpResponse:
    """How and when the chosen persons were told."""
    viewer, kind = request.viewer, named("person")
    viewer.require(informing.RIGHT)
    selection = Selection.of(request.GET)
    pks = selection.after(kind, viewer, 0, informing.AT_ONCE + 1)
    form = InformedForm(
        request.POST if request.method == "POST" else None,
        initial={"on": clock.today(settings.COMPANY_ZONE)},
    )
    if form.is_bound and form.is_valid():
        try:
            count = informing.note_informed(actor=viewer, person_ids=pks, **form.cleaned_data)
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            text = ngettext(
                "%(n)s person noted as informed.", "%(n)s persons noted as informed.", count
            )
            messages.success(request, text % {"n": count})
            single = len(selection.pks) == 1 and len(pks) == 1
            return redirect(kind.url(pks[0]) if single else "informing")
    about = ngettext("%(n)s person is noted.", "%(n)s persons are noted.", len(pks))
    context = {
        "title": _("Note as informed"),
        "title_icon": "megaphone",
        "about": about % {"n": len(pks)},
        "trail": [{"label": _("To be informed"), "url": reverse("informing")}],
        "form": form,
        "submit": _("Note down"),
        "cancel_url": reverse("informing"),
    }
    return render(request, "protection/form.html", context, status=422 if form.errors else 200)


@require_POST
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """That somebody was told was a mistake."""
    kind = named("person")
    kind.one(request.viewer, pk)
    informing.forget_informed(actor=request.viewer, person_id=pk)
    messages.success(request, _("They are to be informed again."))
    return redirect(kind.url(pk))
