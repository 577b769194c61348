"""Changing single profiles; batches of events go through `resolution`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from uuid import UUID

from kundenkreis.engage.profiles.events import (
    ProfileLinked,
    ProfilesForgotten,
    ProfilesIdentified,
)
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.queries import canonical_id, linked
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.events import publish


@command
def link_profile(*, actor: Actor, profile_id: int) -> UUID:
    """Give a person the id by which both sides know them; the same id on every call.

    Raises `NotFound`.
    """
    actor.require("engage.profile.link")
    profile = store.lock(Profile, canonical_id(profile_id))
    while profile.canonical_id is not None:  # merged before we had the lock
        profile = store.lock(Profile, profile.canonical_id)
    if profile.link_id is not None:
        return profile.link_id
    link_id = uuid.uuid4()
    store.change(actor, profile, link_id=link_id)
    publish(ProfileLinked(profile.pk, link_id))
    return link_id


@command
def forget_profiles(*, actor: Actor, profile_ids: Sequence[int]) -> None:
    """Delete people whose time is over: every profile they had, and the names these went by."""
    actor.require("engage.profile.forget")
    rows = store.rows(Profile)
    merged = rows.filter(canonical_id__in=profile_ids).values_list("pk", flat=True)
    everybody = sorted({*profile_ids, *merged})
    publish(ProfilesForgotten(tuple(everybody)))
    store.discard(rows.filter(pk__in=everybody))


@command
def restrict_profiles(*, actor: Actor, links: Mapping[UUID, bool]) -> None:
    """Use these people no more, or again: they leave every segment within a second."""
    actor.require("engage.profile.change")
    changed: list[int] = []
    for link_id, restricted in links.items():
        person = linked([link_id]).get(link_id)
        if person is None:
            continue
        rows = store.rows(Profile).filter(pk=person).exclude(restricted=restricted)
        if store.replace(rows, restricted=restricted):
            changed.append(person)
    if changed:
        publish(ProfilesIdentified(tuple(changed)))
