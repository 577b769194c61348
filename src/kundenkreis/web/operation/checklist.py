"""The check-list: few questions, what would follow from the answers, and making it so."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundenkreis.crm.accounts.company_commands import RIGHT
from kundenkreis.crm.accounts.company_queries import company
from kundenkreis.web.operation.plan import changes
from kundenkreis.web.operation.questions import Questions, filled
from kundenkreis.web.shell.requests import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kundenkreis.crm.accounts.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: HttpRequest) -> HttpResponse:
    """Ask; then show what would change; then, told to go on, change it."""
    actor, user = viewer_of(request), cast("User", request.user)
    actor.require(RIGHT)
    form = Questions(request.POST or None, initial=filled(company(actor), user))
    context = {"title": _("Check-list"), "title_icon": "list-checks", "form": form}
    if request.method != "POST" or not form.is_valid() or request.POST.get("step") == "back":
        status = 422 if form.is_bound and form.errors else 200
        return render(request, "operation/checklist.html", context, status=status)
    found = changes(actor, user, form.cleaned_data)
    if request.POST.get("step") != "apply":
        context |= {"changes": found, "answers": _hidden(form)}
        return render(request, "operation/checklist_plan.html", context)
    for make in dict.fromkeys(one.make for one in found):
        make()
    messages.success(request, _("It is set up as you said."))
    return redirect("home")


def _hidden(form: Questions) -> list[tuple[str, str]]:
    """The answers as inputs nobody sees, so that what is applied is what was shown."""
    found = []
    for name, value in form.cleaned_data.items():
        values = value if isinstance(value, list) else [value]
        found += [(name, one) for one in values]
    return found
