"""Members of staff: what they may do, and letting them in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kundenkreis.crm.accounts import factor_commands, queries, staff_commands, team_commands
from kundenkreis.kernel import held
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.fields import translated
from kundenkreis.kernel.sides import Side
from kundenkreis.records import named
from kundenkreis.records.formfields import DayField

if TYPE_CHECKING:
    from kundenkreis.crm.accounts.models import Team, User
    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.requests import StaffRequest


class UserForm(forms.Form):
    """What somebody is called, and what they log in with."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


class TeamForm(forms.Form):
    """What a team is called, and what it is part of."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    parent = forms.TypedChoiceField(
        label=gettext_lazy("Part of"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, viewer: Viewer, team: Team, data: Any = None) -> None:
        super().__init__(data, initial={"name": team.name, "parent": team.parent_id})
        field = self.fields["parent"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        others = [choice for choice in queries.team_choices(viewer) if choice[0] != team.pk]
        field.choices = [("", "–"), *others]


class AccessForm(forms.Form):
    """Roles, teams, and how long."""

    roles = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Roles"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("With several roles the widest right counts."),
    )
    teams = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Teams"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(label=gettext_lazy("May log in"), required=False)
    until = DayField(
        label=gettext_lazy("Access until"),
        required=False,
        help_text=gettext_lazy("The last day on which they may log in. Empty: without an end."),
    )

    def __init__(self, viewer: Viewer, user: User, data: object = None) -> None:
        initial = {
            "roles": [role.pk for role in user.roles.all()],
            "teams": [team.pk for team in user.teams.all()],
            "is_active": user.is_active,
            "until": user.until,
        }
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        roles = [(role.pk, translated(role.label)) for role in queries.role_choices()]
        for name, choices in (("roles", roles), ("teams", queries.team_choices(viewer))):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
            field.choices = choices


def _page(
    request: StaffRequest,
    kind: RecordType,
    record: Any,
    title: str,
    form: forms.Form,
    save: Callable[[], object],
) -> HttpResponse:
    """A form about a record; what a rule refuses is said beside its field."""
    if form.is_bound and form.is_valid():
        try:
            save()
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(kind.url(record.pk))
    context = {
        "title": title,
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": str(record), "url": kind.url(record.pk)},
        ],
        "form": form,
        "submit": _("Save"),
        "cancel_url": kind.url(record.pk),
    }
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "HEAD", "POST"])
def access_page(request: StaffRequest, pk: int) -> HttpResponse:
    """What somebody may do; what is saved holds with their next request."""
    viewer, kind = request.viewer, named("user")
    viewer.require("crm.user.change")
    user = kind.one(viewer, pk)
    form = AccessForm(viewer, user, _sent(request))
    title = _("Access of %(name)s") % {"name": user}
    change = staff_commands.change_access
    return _page(
        request, kind, user, title, form,
        lambda: change(actor=viewer, user_id=pk, **form.cleaned_data),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def change_user(request: StaffRequest, pk: int) -> HttpResponse:
    """Name, address and language of somebody."""
    viewer, kind = request.viewer, named("user")
    viewer.require("crm.user.change")
    user = kind.one(viewer, pk)
    known = {name: getattr(user, name) for name in ("name", "email", "language")}
    form = UserForm(_sent(request), initial=known)
    change = staff_commands.change_user
    return _page(
        request, kind, user, _("Change %(name)s") % {"name": user}, form,
        lambda: change(actor=viewer, user_id=pk, **form.cleaned_data),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def change_team(request: StaffRequest, pk: int) -> HttpResponse:
    """A team's name and its place in the tree."""
    viewer, kind = request.viewer, named("team")
    viewer.require("crm.team.change")
    team = kind.one(viewer, pk)
    form = TeamForm(viewer, team, _sent(request))

    def save() -> None:
        parent = form.cleaned_data["parent"]
        above = kind.one(viewer, parent) if parent else None
        name = form.cleaned_data["name"]
        team_commands.change_team(actor=viewer, team_id=pk, name=name, parent=above)

    return _page(request, kind, team, _("Change %(name)s") % {"name": team}, form, save)


@require_POST
def reset_factor(request: StaffRequest, pk: int) -> HttpResponse:
    """For who has lost what they confirm their log-in with."""
    kind = named("user")
    user = kind.one(request.viewer, pk)
    factor_commands.reset_factor(actor=request.viewer, user_id=pk)
    said = _(
        "%(name)s now logs in with the password alone, until they set up a second factor anew."
    )
    messages.success(request, said % {"name": user})
    return redirect(kind.url(pk))


@require_POST
def require_factor(request: StaffRequest) -> HttpResponse:
    """Whether everybody needs a second factor."""
    of_all = request.POST.get("of_all") == "on"
    factor_commands.require_factor(actor=request.viewer, of_all=of_all)
    messages.success(request, _("Saved."))
    return redirect("role-list")


@require_POST
def invite(request: StaffRequest, pk: int) -> HttpResponse:
    """A link by which somebody chooses their password once; it is sent to them and shown here."""
    kind = named("user")
    kind.one(request.viewer, pk)
    user, address = staff_commands.invite(actor=request.viewer, user_id=pk)
    context = {
        "title": _("Invitation for %(name)s") % {"name": user},
        "trail": [
            {"label": kind.title, "url": kind.url()},
            {"label": str(user), "url": kind.url(pk)},
        ],
        "address": address,
        "person": user,
        "is_held": held.is_held(Side.CRM),
        "back_url": kind.url(pk),
    }
    return render(request, "accounts/invitation.html", context)
