"""Choosing a password by an invitation's link, before one can log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kundenkreis.crm.accounts import staff_commands
from kundenkreis.crm.accounts.queries import user_by_id
from kundenkreis.kernel.access import system
from kundenkreis.web.shell.password import ChosenPassword

if TYPE_CHECKING:
    from django.http import HttpRequest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """A form for the password; looking at it changes nothing, a link that is not good says so."""
    user = user_by_id(pk)
    if user is None or not staff_commands.good(user, token):
        return render(request, "account/invitation_over.html", status=404)
    form = ChosenPassword(user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        accept = staff_commands.accept_invitation
        password = form.cleaned_data["password"]
        accept(actor=system("invitation"), user_id=pk, token=token, password=password)
        # Read anew: the session is bound to the password.
        login(request, user_by_id(pk), BACKEND)
        return redirect("home")
    context = {"form": form, "person": user}
    status = 422 if form.errors else 200
    answer = render(request, "account/invitation.html", context, status=status)
    answer["Referrer-Policy"] = "no-referrer"  # the address is the key
    return answer
