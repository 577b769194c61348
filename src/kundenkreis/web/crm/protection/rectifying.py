"""Taking wrong values out of everything that keeps earlier ones, for a request to correct."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kundenkreis.dossier import rectifying
from kundenkreis.dossier.former import Former, former
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import named
from kundenkreis.records.past.history import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.requests import StaffRequest


class WrongForm(forms.Form):
    """Which of the earlier values were wrong."""

    wrong = forms.MultipleChoiceField(
        label=gettext_lazy("Values that were wrong"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Correct the record first: what is so now is not listed. What was right in its time, such as an earlier address, stays unticked."
        ),
    )

    def __init__(self, data: Any, viewer: Viewer, values: Sequence[Former]) -> None:
        super().__init__(data)
        field = self.fields["wrong"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        words = {one.model: Words(viewer, one.model(), ()) for one in values}
        offered = [(one.key, _said(one, words[one.model])) for one in values]
        field.choices = sorted(offered, key=itemgetter(1))


def _said(one: Former, words: Words) -> str:
    return f"{capfirst(str(one.label(words)))}: {one.text(words)}"


@require_http_methods(["GET", "HEAD", "POST"])
def rectify(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose what was wrong, and take it out."""
    kind, viewer = named("datarequest"), request.viewer
    shown = kind.one(viewer, pk)
    viewer.require_for(rectifying.RIGHT, shown)
    if shown.kind != shown.Kind.RECTIFICATION or shown.person is None:
        raise Http404
    values = former(viewer, shown.person)
    form = WrongForm(request.POST if request.method == "POST" else None, viewer, values)
    if form.is_bound and form.is_valid():
        try:
            made = rectifying.rectify(
                actor=viewer, datarequest_id=pk, keys=form.cleaned_data["wrong"]
            )
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            places = sum(one.places for one in made)
            messages.success(
                request, _("Taken out of %(n)s places; nothing brings it back.") % {"n": places}
            )
            return redirect(kind.url(pk))
    context = {
        "title": _("Take out wrong values"),
        "about": _("They go from history, from every earlier state, the bin and merges; no undo and no file brings them back. The seals of the audit stay valid."),
        "trail": [{"label": kind.title, "url": kind.url()},
                  {"label": str(shown), "url": kind.url(pk)}],
        "form": form,
        "submit": _("Take out for good"),
        "cancel_url": kind.url(pk),
    }  # fmt: skip
    return render(request, "protection/form.html", context, status=422 if form.errors else 200)
