"""Staff and teams as records, and the directory that names owners everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import commands, queries, team_commands
from kundenkreis.crm.accounts.models import Team, User
from kundenkreis.kernel import recipients
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.fields import translated
from kundenkreis.records import Button, Column, RecordType, Section, acting, directory, register
from kundenkreis.records.custom import layout
from kundenkreis.ui import parts


def team_names(user: User) -> str:
    return ", ".join(team.name for team in user.teams.all())


def role_tags(user: User) -> SafeString:
    tags = ((parts.tag(translated(role.label)),) for role in user.roles.all())
    return format_html_join(" ", "{}", tags)


def role_names(user: User) -> str:
    return ", ".join(translated(role.label) for role in user.roles.all())


def member_names(team: Team) -> str:
    return ", ".join(str(user) for user in team.members.all()[:20])


def user_buttons(viewer: Viewer, user: User) -> Iterable[Button]:
    if viewer.may("crm.user.change"):
        yield Button(_("Roles and teams"), f"/crm/users/{user.pk}/access/", "shield-check")
        yield Button(_("Invite"), f"/crm/users/{user.pk}/invite/", "mail-plus", post=True)
        yield Button(_("Change"), f"/crm/users/{user.pk}/change/", "pencil", menu=True)
        yield Button(
            _("Reset the second factor"),
            f"/crm/users/{user.pk}/factor/reset/",
            "shield-off",
            post=True,
            menu=True,
        )
        yield Button(_("Leaves"), f"/crm/users/{user.pk}/leaving/", "log-out", menu=True)
        yield Button(
            _("Sessions"), f"/crm/users/{user.pk}/sessions/", "monitor-smartphone", menu=True
        )


def team_buttons(viewer: Viewer, team: Team) -> Iterable[Button]:
    if viewer.may("crm.team.change"):
        yield Button(_("Change"), f"/crm/teams/{team.pk}/change/", "pencil")


USER = register(
    RecordType(
        model=User,
        slug="users",
        icon="contact-round",
        query=queries.users,
        actions=frozenset({"create", "export"}),
        create=commands.create_user,
        form=("name", "email", "language"),
        buttons=user_buttons,
        order="name",
        columns=(
            Column("name"),
            Column("email", keep=True),
            Column("teams", _("Teams"), cell=team_names, text=team_names),
            Column("roles", _("Roles"), cell=role_tags, text=role_names),
            Column("is_active"),
        ),
        sections=(
            Section(
                _("Facts"),
                ("email", Column("teams", _("Teams"), cell=team_names), "language", "zone"),
            ),
            Section(
                _("Access"),
                (Column("roles", _("Roles"), cell=role_tags), "is_active", "until", "joined_at"),
            ),
        ),
        search=("name", "email"),
        filters=("is_active",),
    )
)

TEAM = register(
    RecordType(
        model=Team,
        slug="teams",
        icon="users-round",
        query=queries.team_rows,
        actions=frozenset({"create", "export"}),
        create=team_commands.found_team,
        form=("name", "parent"),
        called={"parent": _("Teams below")},
        buttons=team_buttons,
        order="name",
        columns=(
            Column("name"),
            Column("parent"),
            Column("members", _("Members"), cell=member_names, text=member_names, keep=True),
        ),
        sections=(
            Section(_("Facts"), ("parent", Column("members", _("Members"), cell=member_names))),
        ),
        search=("name",),
        square=True,
    )
)

acting.use(queries.viewer_by_id)
recipients.use(queries.strangers)
directory.use("owner_id", names=queries.staff_names, choices=queries.staff_choices)
layout.use_roles(queries.role_names)
directory.use("team_id", names=queries.team_names, choices=queries.team_choices)
