"""Nobody gives more than they have, and the last key stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from kundenkreis.crm.accounts import commands, role_commands, shipped, staff_commands, team_commands
from kundenkreis.crm.accounts.granting import may_grant
from kundenkreis.crm.accounts.models import Role, Team, User
from kundenkreis.crm.accounts.queries import viewer_of
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import DomainError, NotAllowed, NotFound
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.records.fieldrights import may_restrict

pytestmark = pytest.mark.django_db(databases=CRM)

PASSWORD = "drei bunte Vögel"
OFFICE = {"crm.user.*": "all", "crm.role.*": "all", "crm.person.*": "team", "crm.*.read": "all"}


def user(name: str, *roles: str, teams: tuple[Team, ...] = (), until: date | None = None) -> User:
    return commands.create_user(
        actor=ANNA, email=f"{name}@example.org", name=name, password=PASSWORD, roles=roles,
        teams=teams, until=until,
    )  # fmt: skip


@pytest.fixture
def roles() -> dict[str, Role]:
    commands.create_shipped_roles(actor=ANNA)
    user("hanna", "administrator")
    return {role.slug: role for role in Role.objects.all()}


@pytest.fixture
def office(roles: dict[str, Role]) -> Viewer:
    """Somebody who sees to staff and roles without being an administrator."""
    role = role_commands.create_role(actor=ANNA, label={"de": "Personal", "en": "Office"})
    change(role, OFFICE)
    return viewer_of(user("otto", role.slug))


def change(role: Role, grants: dict[str, str], actor: Viewer = ANNA, **fields: str) -> None:
    role_commands.change_role(
        actor=actor, role_id=role.pk, label=role.label, grants=grants, needs_end=False,
        fields={"crm.person": fields}, known=may_restrict,
    )  # fmt: skip


def access(actor: Viewer, who: User, *slugs: str, teams: tuple[Team, ...] = ()) -> User:
    return staff_commands.change_access(
        actor=actor, user_id=who.pk, roles=[role.pk for role in Role.objects.filter(slug__in=slugs)],
        teams=[team.pk for team in teams], is_active=True, until=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("right", "level", "may"),
    [
        ("crm.person.read", "all", True),
        ("crm.order.read", "all", True),
        ("crm.person.change", "team", True),
        ("crm.person.*", "own", True),
        ("crm.person.change", "tree", False),
        ("crm.*.change", "own", False),
        ("*.*.read", "own", False),
        ("engage.segment.read", "own", False),
        ("crm.person.*", "all", False),
    ],
)
def test_a_right_is_given_only_by_whom_has_it_as_widely(
    office: Viewer, right: str, level: str, may: bool
) -> None:
    assert may_grant(office, {right: level}, {}) is may
    ben = user("ben")
    role = role_commands.create_role(actor=ANNA, label={"de": "Neu"})
    change(role, {right: level})
    if may:
        assert access(office, ben, role.slug).roles.get() == role
    else:
        with pytest.raises(DomainError, match="more rights"):
            access(office, ben, role.slug)
        assert not ben.roles.exists()


def test_nobody_makes_themselves_more_than_they_are(office: Viewer) -> None:
    me = User.objects.get(pk=office.user_id)
    with pytest.raises(DomainError):
        access(office, me, "administrator")
    with pytest.raises(DomainError):
        change(me.roles.get(), {**OFFICE, "*.*.*": "all"}, office)
    with pytest.raises(DomainError):
        commands.create_user(actor=office, email="x@example.org", name="X", roles=["sales"])
    with pytest.raises(DomainError):
        role_commands.create_role(
            actor=office, label={"de": "x"}, copy_of=Role.objects.get(slug="sales").pk
        )
    assert viewer_of(me).grants == office.grants


def test_nobody_takes_over_whom_has_more_rights(office: Viewer) -> None:
    hanna = User.objects.get(name="hanna")
    for act in (
        lambda: staff_commands.invite(actor=office, user_id=hanna.pk),
        lambda: access(office, hanna),
        lambda: staff_commands.change_user(
            actor=office, user_id=hanna.pk, name="x", email="x@example.org", language="de"
        ),
        lambda: change(Role.objects.get(slug="administrator"), {}, office),
    ):
        with pytest.raises(DomainError):
            act()
    assert User.objects.get(pk=hanna.pk).email == "hanna@example.org"


def test_what_is_hidden_from_somebody_they_show_to_nobody(roles: dict[str, Role]) -> None:
    hidden = {"crm.person": frozenset({"phone"})}
    actor = replace(ANNA, hidden=MappingProxyType(hidden))
    locked = replace(ANNA, locked=MappingProxyType(hidden))
    rights = {"crm.person.*": "all"}
    assert not may_grant(actor, rights, {})
    assert not may_grant(actor, rights, {"crm.person": {"phone": "locked"}})
    assert may_grant(actor, rights, {"crm.person": {"phone": "hidden"}})
    assert may_grant(actor, {"crm.order.read": "all"}, {})
    assert not may_grant(locked, rights, {})
    assert may_grant(locked, rights, {"crm.person": {"phone": "locked"}})


def test_a_role_restricts_only_what_can_be_restricted(roles: dict[str, Role]) -> None:
    role = role_commands.create_role(actor=ANNA, label={"de": "Neu"})
    for name, how in (("last_name", "hidden"), ("owner_id", "hidden"), ("nonsense", "locked")):
        with pytest.raises(DomainError):
            change(role, {}, **{name: how})
    change(role, {}, phone="hidden", owner_id="locked", last_name="locked")


@pytest.mark.parametrize("right", ["crm.person", "crm.person.read.x", ""])
def test_a_right_that_is_none_is_refused(roles: dict[str, Role], right: str) -> None:
    role = role_commands.create_role(actor=ANNA, label={"de": "Neu"})
    with pytest.raises(DomainError):
        change(role, {right: "all"})
    with pytest.raises(DomainError):
        change(role, {"crm.person.read": "everything"})


def test_the_last_administrator_stays(roles: dict[str, Role]) -> None:
    hanna = User.objects.get(name="hanna")
    keep = "nobody could administer"

    def shut(until: date | None = None, *, active: bool) -> None:
        key = roles["administrator"].pk
        staff_commands.change_access(
            actor=ANNA, user_id=hanna.pk, roles=[key], teams=[], is_active=active, until=until
        )

    for act in (
        lambda: access(ANNA, hanna, "sales"),
        lambda: shut(active=False),
        lambda: shut(date(2099, 1, 1), active=True),
        lambda: change(roles["administrator"], {"crm.*.*": "all"}),
        lambda: change(roles["administrator"], {"*.*.*": "all"}, phone="hidden"),
    ):
        with pytest.raises(DomainError, match=keep):
            act()
    user("second", "administrator")
    access(ANNA, hanna, "sales")


def test_a_team_is_joined_by_whom_it_is_the_team_of(office: Viewer) -> None:
    mine = commands.create_team(actor=ANNA, name="Mine")
    theirs = commands.create_team(actor=ANNA, name="Theirs")
    ben = user("ben")
    actor = replace(office, team_ids=frozenset({mine.pk}))
    access(actor, ben, teams=(mine,))
    with pytest.raises(DomainError, match="teams"):
        access(actor, ben, teams=(mine, theirs))
    access(ANNA, ben, teams=(theirs,))
    with pytest.raises(DomainError, match="teams"):
        access(actor, ben)


def test_teams_form_no_loop(roles: dict[str, Role]) -> None:
    top = team_commands.found_team(actor=ANNA, name="Top")
    below = team_commands.found_team(actor=ANNA, name="Below", parent=top)
    for parent in (top, below):
        with pytest.raises(DomainError, match="itself"):
            team_commands.change_team(actor=ANNA, team_id=top.pk, name="Top", parent=parent)
    with pytest.raises(DomainError):
        team_commands.found_team(actor=ANNA, name="Top")
    narrow = replace(ANNA, grants={"crm.team.*": Level.TEAM})
    with pytest.raises(NotAllowed):
        team_commands.change_team(actor=narrow, team_id=top.pk, name="x", parent=None)
    assert (
        team_commands.change_team(actor=ANNA, team_id=below.pk, name="B", parent=None).name == "B"
    )


def test_access_for_a_time_needs_a_last_day_and_ends_after_it(roles: dict[str, Role]) -> None:
    with pytest.raises(DomainError, match="last day"):
        user("tina", "temporary")
    tina = user("tina", "temporary", until=date(2026, 1, 31))
    assert viewer_of(tina).grants == {}
    tina.until = date(2099, 1, 31)
    assert viewer_of(tina).may("crm.person.read")


def test_an_invitation_is_good_once(roles: dict[str, Role]) -> None:
    ben = user("ben", "sales")
    _user, link = staff_commands.invite(actor=ANNA, user_id=ben.pk)
    token = link.split("/")[-2]
    accept = staff_commands.accept_invitation
    with pytest.raises(NotFound):
        accept(actor=ANNA, user_id=ben.pk, token=f"{token[:-1]}x", password="neu neu neu")
    hanna = User.objects.get(name="hanna")
    with pytest.raises(NotFound):
        accept(actor=ANNA, user_id=hanna.pk, token=token, password="neu neu neu")
    assert accept(actor=ANNA, user_id=ben.pk, token=token, password="neu neu neu").check_password(
        "neu neu neu"
    )
    with pytest.raises(NotFound):
        accept(actor=ANNA, user_id=ben.pk, token=token, password="noch einmal")
    _user, link = staff_commands.invite(actor=ANNA, user_id=ben.pk)
    token = link.split("/")[-2]
    staff_commands.change_access(
        actor=ANNA, user_id=ben.pk, roles=[], teams=[], is_active=False, until=None
    )
    with pytest.raises(NotFound):
        accept(actor=ANNA, user_id=ben.pk, token=token, password="neu neu neu")
    with pytest.raises(DomainError):
        staff_commands.invite(actor=ANNA, user_id=ben.pk)


def test_shipped_roles_restrict_only_what_their_types_have() -> None:
    for slug, role in shipped.ROLES.items():
        for subject, names in role.fields.items():
            for name, how in names.items():
                assert may_restrict(subject, name, how), (slug, subject, name)
        assert set(role.grants.values()) <= set(role_commands.LEVELS), slug


def test_a_role_goes_when_nobody_holds_it(roles: dict[str, Role]) -> None:
    role = role_commands.create_role(actor=ANNA, label={"de": "Neu"}, copy_of=roles["sales"].pk)
    assert role.grants == roles["sales"].grants
    ben = user("ben", role.slug)
    with pytest.raises(DomainError):
        role_commands.remove_role(actor=ANNA, role_id=role.pk)
    access(ANNA, ben)
    role_commands.remove_role(actor=ANNA, role_id=role.pk)
    assert not Role.objects.filter(pk=role.pk).exists()


def test_nobody_is_let_in_with_a_role_that_does_not_exist() -> None:
    commands.create_shipped_roles(actor=ANNA)
    with pytest.raises(DomainError, match="no role “boss”") as refused:
        commands.create_user(actor=ANNA, email="b@example.org", name="B", roles=["sales", "boss"])
    assert "marketing" in str(refused.value.hint)
    assert not User.objects.filter(email="b@example.org").exists()
