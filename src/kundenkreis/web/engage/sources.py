"""Sources: who reports events, with which key, and what was turned away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kundenkreis.engage.consent.labels import purpose_labels
from kundenkreis.engage.consent.queries import purposes
from kundenkreis.engage.tracking import commands, queries
from kundenkreis.engage.tracking.models import Source
from kundenkreis.kernel.errors import DomainError
from kundenkreis.web.shell.requests import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class SourceForm(forms.Form):
    """A website, or a server that reports orders."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=Source.Kind.choices,
        help_text=gettext_lazy("A website's key is public, a server's key is secret."),
    )
    namespace = forms.SlugField(
        label=gettext_lazy("Namespace"),
        max_length=40,
        initial="shop",
        help_text=gettext_lazy("The same word for the website and the server of one shop."),
    )
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"))
    origins = forms.CharField(
        label=gettext_lazy("Allowed origins"), required=False,
        help_text=gettext_lazy("For a website: its addresses, one per line."),
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        lines = self.cleaned_data["origins"].splitlines()
        origins = [line.strip() for line in lines if line.strip()]
        return {**self.cleaned_data, "origins": origins}


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    context = {
        "sources": queries.sources(viewer),
        "purposes": purpose_labels(),
        "rejected": queries.rejected(viewer, limit=50),
        "title_icon": "radio-tower",
    }
    return render(request, "engage/source_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_source(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    viewer.require("engage.source.create")
    form = SourceForm(request.POST or None)
    choice = form.fields["purpose"]
    assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
    choice.choices = [(purpose.slug, str(purpose)) for purpose in purposes(viewer)[:100]]
    context = {
        "form": form,
        "trail": [{"label": _("Sources"), "url": reverse("source-list")}],
    }
    if request.method == "POST" and form.is_valid():
        try:
            made, key = commands.create_source(actor=viewer, **form.values())
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            # A secret key is stored as its digest only, so this is the one time it can be shown.
            context |= {"source": made, "key": key}
            return render(request, "engage/source_made.html", context)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "engage/source_form.html", context, status=status)
