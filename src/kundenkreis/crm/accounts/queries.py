"""Who somebody is and what they may do."""

from __future__ import annotations

from types import MappingProxyType

from kundenkreis.crm.accounts.models import Team, User
from kundenkreis.kernel.access import Level, Viewer


def viewer_of(user: User, via: str = "ui") -> Viewer:
    """The viewer a member of staff is: the widest grant of all their roles counts."""
    grants: dict[str, Level] = {}
    roles = list(user.roles.all())
    for role in roles:
        for right, name in role.grants.items():
            grants[right] = max(grants.get(right, Level.NONE), Level.named(name))
    return Viewer(
        name=str(user),
        user_id=user.pk,
        team_ids=frozenset(team.pk for team in user.teams.all()),
        roles=frozenset(role.slug for role in roles),
        grants=MappingProxyType(grants),
        via=via,
    )


def user_named(email: str) -> User | None:
    return User.objects.filter(email__iexact=email).first()


def staff_names(user_ids: set[int]) -> dict[int, str]:
    """Names by user id, for owners in lists; at most 1,000."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=user_ids)[:1000]}


def staff(viewer: Viewer, limit: int = 200) -> list[User]:
    """Colleagues who may log in, by name."""
    return list(User.objects.filter(is_active=True).order_by("name", "id")[:limit])


def teams(viewer: Viewer, limit: int = 200) -> list[Team]:
    return list(Team.objects.order_by("name")[:limit])


def anybody() -> bool:
    """Whether any user exists yet; a new installation asks for its first administrator."""
    return User.objects.exists()
