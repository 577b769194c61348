"""What would leave the house: looking at it, and letting it go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundenkreis.crm.accounts.granting import does_all
from kundenkreis.kernel import held
from kundenkreis.kernel.mail import outbox as mails
from kundenkreis.kernel.mail.box import State
from kundenkreis.kernel.sides import Side
from kundenkreis.web.shell.requests import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DISCARD = "discard"


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """What waits to leave by kinds, what stayed here, and what could not be delivered."""
    viewer = viewer_of(request)
    context = {
        "title": _("Outbox"),
        "title_icon": "mails",
        "waiting": held.waiting(viewer),
        "kept": mails.mails(viewer, State.KEPT),
        "failed": mails.mails(viewer, State.FAILED),
        "is_held": held.is_held(Side.CRM),
        "on_trial": held.on_trial(),
        "may_change": viewer.may(held.RIGHT),
        "may_read": does_all(viewer),  # a mail may hold a link that lets somebody in
    }
    return render(request, "operation/outbox.html", context)


@require_POST
def try_mail_again(request: HttpRequest, name: str) -> HttpResponse:
    mails.try_again(actor=viewer_of(request), name=name)
    return redirect("operation:outbox")


@require_http_methods(["GET", "HEAD", "POST"])
def go_live(request: HttpRequest) -> HttpResponse:
    """Ask what becomes of what was kept on trial, by kinds; then end the trial."""
    actor = viewer_of(request)
    actor.require(held.RIGHT)
    if request.method == "POST":
        gone = [name for name in held.KINDS if request.POST.get(name) == DISCARD]
        held.release(actor=actor, why=held.Why.TRIAL, discard=gone)
        messages.success(request, _("The installation is live."))
        return redirect("operation:outbox")
    context = {
        "title": _("Go live"),
        "title_icon": "send",
        "trail": [{"label": _("Outbox"), "url": reverse("operation:outbox")}],
        "waiting": held.waiting(actor),
        "choices": [("send", _("send it")), (DISCARD, _("throw it away"))],
        "on_trial": held.on_trial(),
    }
    return render(request, "operation/go_live.html", context)
