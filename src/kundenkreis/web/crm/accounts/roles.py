"""Roles: which there are, who holds them, what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kundenkreis.crm.accounts import queries, role_commands
from kundenkreis.crm.accounts.company_queries import company
from kundenkreis.crm.accounts.models import Role
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.fields import translated
from kundenkreis.records.fieldrights import may_restrict
from kundenkreis.web.crm.accounts import matrix

if TYPE_CHECKING:
    from kundenkreis.records.requests import StaffRequest


class RoleForm(forms.Form):
    """What a role is called, in both languages."""

    label_de = forms.CharField(label=gettext_lazy("Name in German"), max_length=60)
    label_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)

    def label(self) -> dict[str, str]:
        german = self.cleaned_data["label_de"].strip()
        return {"de": german, "en": self.cleaned_data["label_en"].strip() or german}


class NewRoleForm(RoleForm):
    """A new role, perhaps like one there is."""

    copy_of = forms.TypedChoiceField(
        label=gettext_lazy("Like"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, roles: list[Role], *data: Any) -> None:
        super().__init__(*data)
        choice = self.fields["copy_of"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        known = [(role.pk, translated(role.label)) for role in roles]
        choice.choices = [("", _("– nothing yet –")), *known]


@require_safe
def role_list(request: StaffRequest) -> HttpResponse:
    """All roles, with how many hold each."""
    viewer = request.viewer
    viewer.require("crm.role.read")
    context = {
        "title": _("Roles"),
        "title_icon": "shield-check",
        "roles": queries.roles(viewer),
        "may_create": viewer.may("crm.role.create"),
        "may_require": viewer.may("crm.role.change"),
        "of_all": company(viewer).needs_factor,
    }
    return render(request, "accounts/role_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_role(request: StaffRequest) -> HttpResponse:
    viewer = request.viewer
    viewer.require("crm.role.create")
    known = queries.roles(viewer)
    form = NewRoleForm(known, request.POST) if request.method == "POST" else NewRoleForm(known)
    if form.is_bound and form.is_valid():
        try:
            role = role_commands.create_role(
                actor=viewer, label=form.label(), copy_of=form.cleaned_data["copy_of"]
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("role", role.pk)
    context = {
        "title": _("New role"),
        "trail": [{"label": _("Roles"), "url": reverse("role-list")}],
        "form": form,
        "submit": _("Create"),
        "cancel_url": reverse("role-list"),
    }
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def role_page(request: StaffRequest, pk: int) -> HttpResponse:
    """What a role gives; changing it reaches its holders with their next request."""
    viewer = request.viewer
    role = next((one for one in queries.roles(viewer) if one.pk == pk), None)
    if role is None:
        raise NotFound
    if request.method == "POST":
        viewer.require("crm.role.change")  # before anything is said of the form
    names = {"label_de": role.label.get("de", ""), "label_en": role.label.get("en", "")}
    form = RoleForm(request.POST if request.method == "POST" else None, initial=names)
    if request.method == "POST" and form.is_valid():
        if _changed(request, role, form):
            return redirect("role", pk)
        # What was chosen stays on the page.
        role.grants = matrix.grants_from(role, request.POST)
        role.fields = matrix.fields_from(request.POST)
    context = {
        "title": translated(role.label),
        "trail": [{"label": _("Roles"), "url": reverse("role-list")}],
        "role": role,
        "form": form,
        "actions": matrix.ACTIONS.values(),
        "rows": matrix.rows(role),
        "groups": matrix.fields(role),
        "may_change": viewer.may("crm.role.change"),
        "may_remove": viewer.may("crm.role.remove") and not role.holders.exists(),
    }
    return render(request, "accounts/role.html", context, status=422 if form.errors else 200)


def _changed(request: StaffRequest, role: Role, form: RoleForm) -> bool:
    try:
        role_commands.change_role(
            actor=request.viewer,
            role_id=role.pk,
            label=form.label(),
            grants=matrix.grants_from(role, request.POST),
            fields=matrix.fields_from(request.POST),
            needs_end="needs_end" in request.POST,
            needs_factor="needs_factor" in request.POST,
            known=may_restrict,
        )
    except DomainError as error:
        if error.status != 422:
            raise
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
def remove_role(request: StaffRequest, pk: int) -> HttpResponse:
    role_commands.remove_role(actor=request.viewer, role_id=pk)
    messages.success(request, _("The role was deleted."))
    return redirect("role-list")
