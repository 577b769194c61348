"""Who somebody is and what they may do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from kundenkreis.crm.accounts.models import Absence, Company, Role, Team, UndertakingText, User
from kundenkreis.kernel import clock
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import NotFound
from kundenkreis.kernel.fields import translated
from kundenkreis.kernel.sharing import SharedWith

Grants = Mapping[str, Level]
Hidden = Mapping[str, frozenset[str]]
WRITES = ("create", "change")
# What somebody owes before they may do anything, through whatever they come: the names of its pages.
UNDERTAKING, FACTOR = "undertaking", "mfa_index"
FACTORS = ("totp", "webauthn")
NAMED = ("name", "email")  # what colleagues are called by


def viewer_of(user: User, via: str = "ui") -> Viewer:
    """The viewer a member of staff is: the widest grant of all their roles counts."""
    now = today()
    if user.is_over(now):
        return Viewer(name=str(user), user_id=user.pk, via=via)  # their time is over
    away = Q(standing_in__starts_on__lte=now, standing_in__ends_on__gte=now)
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)
    newest = UndertakingText.objects.order_by("-version").values("version")[:1]
    known = User.objects.filter(pk=user.pk).order_by()
    found = list(
        known.annotate(
            away=FilteredRelation("standing_in", condition=away),
            version=Subquery(newest),
            factor=Exists(factors),
            of_all=Exists(Company.objects.filter(needs_factor=True)),
        ).values_list(
            *("roles__slug", "roles__grants", "roles__fields", "teams", "away__user"),
            *("undertaken", "version", "factor", "roles__needs_factor", "of_all"),
        )
    )
    if owed := _owed([row[5:] for row in found]):
        return Viewer(name=str(user), user_id=user.pk, via=via, owes=owed)
    rows = [row[:5] for row in found]
    roles = {slug: (levels_of(rights), fields) for slug, rights, fields, *_ in rows if slug}
    grants = widest(levels for levels, _fields in roles.values())
    hidden, locked = field_rights(roles.values())
    team_ids = frozenset(team for *_role, team, _away in rows if team is not None)
    return Viewer(
        name=str(user),
        user_id=user.pk,
        team_ids=team_ids,
        below=teams_below(team_ids) if Level.TREE in grants.values() else frozenset(),
        roles=frozenset(roles),
        grants=MappingProxyType(grants),
        via=via,
        hidden=hidden,
        locked=locked,
        shares=SharedWith(user.pk, team_ids),
        stands_in_for=frozenset(absent for *_role, absent in rows if absent is not None),
    )


def _owed(rows: Iterable[tuple[int, int | None, bool, bool | None, bool]]) -> str:
    """Confidentiality that was not undertaken, a second factor that they need and have not."""
    for undertaken, version, factor, role_needs, all_need in rows:
        if (version or 0) > undertaken:
            return UNDERTAKING
        if (role_needs or all_need) and not factor:
            return FACTOR
    return ""


def viewer_by_id(user_id: int) -> Viewer | None:
    """Somebody who may log in, with their rights of this moment; None if there is nobody such."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or user.is_over(today()):
        return None
    return viewer_of(user)


def levels_of(grants: Mapping[str, str]) -> Grants:
    return {right: Level.named(name) for right, name in grants.items()}


def widest(roles: Iterable[Grants]) -> dict[str, Level]:
    """What several roles give together."""
    found: dict[str, Level] = {}
    for grants in roles:
        for right, level in grants.items():
            found[right] = max(found.get(right, Level.NONE), level)
    return found


def field_rights(
    roles: Iterable[tuple[Grants, Mapping[str, Mapping[str, str]]]],
) -> tuple[Hidden, Hidden]:
    """The fields that are hidden and those that are locked by several roles together.

    A field is known to whom one role lets read the type and does not hide it; it may be set by whom
    one role lets write the type and neither hides nor locks it.
    """
    each = [(Viewer(name="role", grants=grants), fields) for grants, fields in roles]
    hidden: dict[str, frozenset[str]] = {}
    locked: dict[str, frozenset[str]] = {}
    for subject in {subject for _role, fields in each for subject in fields}:
        readers = [fields.get(subject, {}) for role, fields in each if _may(role, subject, "read")]
        writers = [fields.get(subject, {}) for role, fields in each if _may(role, subject, *WRITES)]
        names = {name for _role, fields in each for name in fields.get(subject, {})}
        hidden[subject] = frozenset(
            name for name in names if all(rights.get(name) == "hidden" for rights in readers)
        )
        locked[subject] = frozenset(
            name for name in names if all(name in rights for rights in writers)
        )
    return (
        MappingProxyType({subject: some for subject, some in hidden.items() if some}),
        MappingProxyType({subject: some for subject, some in locked.items() if some}),
    )


def _may(role: Viewer, subject: str, *actions: str) -> bool:
    return any(role.may(f"{subject}.{action}") for action in actions)


def teams_below(team_ids: frozenset[int]) -> frozenset[int]:
    """All teams under these ones, at any depth; a loop in the tree does no harm."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in Team.objects.values_list("pk", "parent_id")[:10_000]:
        children.setdefault(parent, []).append(pk)
    found, waiting = set[int](), list(team_ids)
    while waiting:
        new = set(children.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return frozenset(found - team_ids)


def user_by_id(pk: int) -> User | None:
    return User.objects.filter(pk=pk).first()


def user_named(email: str) -> User | None:
    return User.objects.filter(email__iexact=email).first()


def is_address_of(user: User, typed: str) -> bool:
    """Whether this is exactly somebody's address; only ASCII letters may be larger or smaller.

    Unicode folds other letters to these, and an address that looks the same is somebody else's.
    """
    typed = typed.strip()
    return typed == user.email or (typed.isascii() and typed.lower() == user.email.lower())


def staff_names(user_ids: set[int]) -> dict[int, str]:
    """Names by user id, for owners in lists; at most 1,000."""
    rows = User.objects.filter(pk__in=user_ids).only(*NAMED)
    return {user.pk: str(user) for user in rows[:1000]}


def users(viewer: Viewer) -> QuerySet[User]:
    """All members of staff, for those who may read them; the right has no narrower reach."""
    rows = User.objects.prefetch_related("teams", "roles")
    return rows if viewer.level("crm.user.read") is Level.ALL else rows.none()


def team_rows(viewer: Viewer) -> QuerySet[Team]:
    """All teams, for those who may read them."""
    rows = Team.objects.prefetch_related("members")
    return rows if viewer.level("crm.team.read") is Level.ALL else rows.none()


def staff_choices(viewer: Viewer, right: str = "") -> list[tuple[int, str]]:
    """Colleagues by name; with a right only those who have it, who may be given a record."""
    return [(user.pk, str(user)) for user in _colleagues(right).only(*NAMED)[:200]]


def team_choices(viewer: Viewer, right: str = "") -> list[tuple[int, str]]:
    return [(team.pk, team.name) for team in teams(viewer)]


def team_names(team_ids: set[int]) -> dict[int, str]:
    """Names by team id; at most 1,000."""
    return dict(Team.objects.filter(pk__in=team_ids).values_list("pk", "name")[:1000])


def staff(viewer: Viewer, limit: int = 200, *, right: str = "") -> list[User]:
    """Colleagues who may log in, by name; with a right only those who have it at all."""
    return list(_colleagues(right)[:limit])


def _colleagues(right: str) -> QuerySet[User]:
    rows = User.objects.filter(is_active=True)
    if right:
        rows = rows.filter(pk__in=holders(right).values("pk"))
    return rows.order_by("name", "id")


def holders(right: str) -> QuerySet[User]:
    """Everybody whose roles give a right, however far it reaches, and whose time is not over."""
    roles = [
        role for role in role_choices() if Viewer("role", grants=levels_of(role.grants)).may(right)
    ]
    rows = User.objects.filter(Q(until__isnull=True) | Q(until__gte=today()))
    return rows.filter(roles__in=roles).order_by().distinct()


def strangers(right: str, user_ids: Collection[int]) -> dict[int, str]:
    """The names of those among some members of staff who do not have a right at all."""
    known = set(holders(right).filter(pk__in=user_ids).values_list("pk", flat=True))
    return staff_names(set(user_ids) - known) if set(user_ids) - known else {}


def teams(viewer: Viewer, limit: int = 200) -> list[Team]:
    return list(Team.objects.order_by("name")[:limit])


def anybody() -> bool:
    """Whether any user exists yet; a new installation asks for its first administrator."""
    return User.objects.exists()


def today() -> date:
    return clock.today(settings.COMPANY_ZONE)


def roles(viewer: Viewer) -> list[Role]:
    """All roles with the number of their holders as `count`, for those who may read them."""
    if viewer.level("crm.role.read") is not Level.ALL:
        raise viewer.refusal("crm.role.read")
    return list(Role.objects.annotate(count=Count("holders")).order_by("id")[:200])


def role_names(viewer: Viewer) -> list[tuple[str, str]]:
    """The names and labels of all roles, for those who may read them; else none."""
    if viewer.level("crm.role.read") is not Level.ALL:
        return []
    return [(role.slug, translated(role.label)) for role in role_choices()]


def role_choices() -> list[Role]:
    """What somebody may be given; who may give it is decided then."""
    return list(Role.objects.order_by("id")[:200])


def absences(viewer: Viewer, *, everybody: bool = False, limit: int = 100) -> list[Absence]:
    """Absences of the viewer and those they stand in for, or of everybody; the latest first."""
    rows = Absence.objects.select_related("user", "deputy")
    if not everybody:
        rows = rows.filter(Q(user_id=viewer.user_id) | Q(deputy_id=viewer.user_id))
    return list(rows.order_by("-ends_on", "-id")[:limit])


def own_absence(viewer: Viewer, pk: int) -> Absence:
    """One of the viewer's own absences. Raises `NotFound`."""
    mine = Absence.objects.filter(pk=pk, user=viewer.user_id or 0)
    found = mine.select_related("deputy").first()
    if found is None:
        raise NotFound
    return found


def returned(viewer: Viewer) -> Absence | None:
    """The viewer's absence that has ended and that they have not looked back at yet."""
    if viewer.user_id is None:
        return None
    over = Absence.objects.filter(user_id=viewer.user_id, ends_on__lt=today(), seen_at=None)
    return over.select_related("deputy").order_by("-ends_on").first()


def absent_names(viewer: Viewer) -> list[str]:
    """For whom the viewer stands in today."""
    return list(staff_names(set(viewer.stands_in_for)).values()) if viewer.stands_in_for else []
