"""The leaver dialogue: what somebody leaves behind, who takes it over, and doing it in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kundenkreis.crm.accounts import leaving_commands, queries
from kundenkreis.crm.webhooks import commands as webhook_commands
from kundenkreis.crm.webhooks import queries as webhook_queries
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import handing_over, jobs, named

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.requests import StaffRequest


class LeavingForm(forms.Form):
    """Who takes over."""

    to = forms.TypedChoiceField(
        label=gettext_lazy("Who takes over"),
        coerce=int,
        help_text=gettext_lazy("Records, open tasks, shares and views become theirs."),
    )

    def __init__(self, viewer: Viewer, user_id: int, data: Any = None) -> None:
        super().__init__(data)
        chosen = self.fields["to"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - declared above
        others = [(one.pk, str(one)) for one in queries.staff(viewer) if one.pk != user_id]
        chosen.choices = [("", _("– please choose –")), *others]


@require_http_methods(["GET", "HEAD", "POST"])
def leaving_page(request: StaffRequest, pk: int) -> HttpResponse:
    """What goes to whom; a second time what a first one could not give."""
    viewer, kind = request.viewer, named("user")
    viewer.require("crm.user.change")
    user = kind.one(viewer, pk)
    form = LeavingForm(viewer, pk, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            return _leave(request, pk, form.cleaned_data["to"])
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error("to", str(error))
    context = {
        "title": _("%(name)s leaves") % {"name": user},
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": str(user), "url": kind.url(pk)},
        ],
        "person": user,
        "form": form,
        "cancel_url": kind.url(pk),
        "holdings": handing_over.holdings(viewer, pk),
        "kept": handing_over.kept(viewer, pk),
        "shared": handing_over.shared(pk),
        "views": handing_over.views(pk),
        "webhooks": webhook_queries.of_owner(viewer, pk),
        "tokens": leaving_commands.tokens(pk),
        "absences": leaving_commands.stands_in(pk),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/leaving.html", context, status=status)


def _give_webhooks(viewer: Viewer, user_id: int, to: int) -> bool:
    """Whether there is nothing left that tells others in the name of somebody who has left."""
    if not webhook_queries.of_owner(viewer, user_id):
        return True
    try:
        webhook_commands.hand_over(actor=viewer, user_id=user_id, to=to)
    except DomainError:
        return False
    return True


def _leave(request: StaffRequest, pk: int, to: int) -> HttpResponse:
    viewer = request.viewer
    handing_over.require(viewer, pk, to)  # before anybody is shut out
    user = leaving_commands.let_leave(actor=viewer, user_id=pk, successor_id=to)
    runs = handing_over.hand_over(viewer, pk, to, jobs.go_on_with_bulk)
    said = _("%(name)s may not log in any more.") % {"name": user}
    if not _give_webhooks(viewer, pk, to):
        said += " " + _(
            "Webhooks in their name stop; whoever looks after webhooks can start them again."
        )
    if any(run.moving for run in runs):
        said += " " + _("What is much goes on being given in the background.")
    messages.success(request, said)
    return redirect(named("user").url(pk))
