"""Who is who: profiles, the people they turned out to be, and the names they go by."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.kernel import bulk
from kundenkreis.kernel.access import Viewer, visible
from kundenkreis.kernel.errors import NotFound

# A merged profile points at the person it is; merging flattens, so one step is the rule. The
# bound only keeps damaged rows from making an endless loop.
_STEPS = 8


def profiles(viewer: Viewer) -> QuerySet[Profile]:
    """Profiles the viewer may see, newest first, without those merged into another one."""
    rows = Profile.objects.filter(canonical_id__isnull=True).order_by("-id")
    return visible(viewer, rows, "engage.profile.read")


def profile(viewer: Viewer, profile_id: int) -> Profile:
    """One profile; a merged one is answered by the person it turned out to be.

    Raises `NotFound`.
    """
    found = profiles(viewer).filter(pk=canonical_id(profile_id)).first()
    if found is None:
        raise NotFound
    return found


def names(viewer: Viewer, profile_ids: Iterable[int]) -> dict[int, str]:
    """What to call each profile: by the person it turned out to be."""
    canonical = canonical_ids(profile_ids)
    found = profiles(viewer).in_bulk(list(set(canonical.values())))
    return {pk: str(found[at]) for pk, at in canonical.items() if at in found}


def canonical_ids(profile_ids: Iterable[int]) -> dict[int, int]:
    """For each profile the one it turned out to be, itself included."""
    wanted = set(profile_ids)
    found = {pk: pk for pk in wanted}
    pending = wanted
    for _ in range(_STEPS):
        rows = bulk.select(Profile, ("id", "canonical_id"), among=("id", pending))
        step = {pk: at for pk, at in rows if at is not None}
        if not step:
            break
        found = {pk: step.get(at, at) for pk, at in found.items()}
        pending = set(step.values())
    return found


def canonical_id(profile_id: int) -> int:
    """The profile this one turned out to be; itself if it was never merged."""
    return canonical_ids([profile_id])[profile_id]


def group_ids(profile_id: int) -> list[int]:
    """The person's profile and every profile merged into it, by any of them."""
    canonical = canonical_id(profile_id)
    rows = Profile.objects.filter(Q(pk=canonical) | Q(canonical_id=canonical)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def merged_into(profile_id: int) -> list[int]:
    """The profile and those merged into it; only itself if it was merged into another one."""
    rows = bulk.select(Profile, ("id",), among=("canonical_id", [profile_id]))
    return sorted({profile_id, *(pk for (pk,) in rows)})


def link_id_of(profile_id: int) -> UUID | None:
    """The id by which both sides know this person, if the crm knows them."""
    rows = Profile.objects.filter(pk=canonical_id(profile_id))
    return rows.values_list("link_id", flat=True).first()


def link_ids_of(profile_ids: Iterable[int]) -> list[UUID]:
    """The ids by which the crm knows these profiles; the crm may know one of them as two persons."""
    rows = Profile.objects.filter(pk__in=list(profile_ids), link_id__isnull=False).order_by("pk")
    return [link for link in rows.values_list("link_id", flat=True) if link is not None]


def find(namespace: str, *, anonymous: str = "", user: str = "") -> int | None:
    """The canonical profile behind a cookie id or a customer id of a shop, if there is one."""
    kind, value = (Identifier.Kind.USER, user) if user else (Identifier.Kind.ANONYMOUS, anonymous)
    if not value:
        return None
    named = bulk.select(
        Identifier, ("profile_id",), among=("value", [value]), namespace=namespace, kind=kind
    )
    return canonical_id(named[0][0]) if named else None


def linked(link_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The canonical profile of each link id that engage knows."""
    found = dict(Profile.objects.filter(link_id__in=set(link_ids)).values_list("link_id", "pk"))
    canonical = canonical_ids(found.values())
    return {link: canonical[pk] for link, pk in found.items() if link is not None}


def identifiers(profile_ids: Iterable[int], limit: int = 500) -> list[Identifier]:
    """The names these profiles go by, oldest first, at most `limit`."""
    rows = Identifier.objects.filter(profile_id__in=list(profile_ids)).order_by("id")
    return list(rows[:limit])


def link_ids(names: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], UUID]:
    """The link id behind each name (namespace, kind, value), for those the crm knows."""
    wanted = set(names)
    columns = ("namespace", "kind", "value", "profile_id")
    rows = bulk.select(Identifier, columns, among=("value", {value for _, _, value in wanted}))
    found = {(space, kind, value): profile for space, kind, value, profile in rows}
    canonical = canonical_ids(profile for name, profile in found.items() if name in wanted)
    links = dict(bulk.select(Profile, ("id", "link_id"), among=("id", set(canonical.values()))))
    return {
        name: link
        for name, profile in found.items()
        if name in wanted and (link := links.get(canonical[profile])) is not None
    }
