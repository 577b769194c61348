"""Two known people whom staff made one in the crm, and parting them again.

Events are never rewritten: who somebody turned out to be is said by `canonical_id`, so parting is
giving everybody their own again. Merges come in the order in which staff made them: nobody becomes
part of somebody who is gone, and whoever had become part of them is parted first. What was said about them since the union stays with whom it was
said of: the one that had remained.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kundenkreis.engage.profiles.events import ProfilesIdentified, ProfilesMerged, TraitsChanged
from kundenkreis.engage.profiles.models import Identifier, Profile, ProfileMerge, ProfileUnion
from kundenkreis.engage.profiles.queries import canonical_id, merged_into
from kundenkreis.engage.profiles.resolution import remember
from kundenkreis.engage.profiles.traits import Traits
from kundenkreis.kernel import bulk, clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.events import publish

REASON = "merged by staff"


@command
def join_people(*, actor: Actor, link_id: UUID, gone: UUID) -> bool:
    """Make the person known by the link id `gone` part of who goes by `link_id`.

    Whether anything changed: of somebody who was never seen here there is nothing to join, and who
    turned out by their own doing to be one of others stays that.
    """
    actor.require("engage.profile.change")
    people = {one.link_id: one for one in _locked(link_id__in=[link_id, gone])}
    if gone not in people:
        return False
    profile, into = people[gone], people.get(link_id) or _known(actor, link_id)
    root = into if into.canonical_id is None else store.lock(Profile, canonical_id(into.pk))
    if profile.canonical_id is not None or profile.pk == root.pk:
        return False
    moved = merged_into(profile.pk)
    names = store.rows(Identifier).filter(profile__in=moved).values_list("pk", "profile")
    union = ProfileUnion(
        profile=profile, into=into, at=clock.now(), moved=moved,
        before=_before(root),
        names={str(pk): holder for pk, holder in names},
    )  # fmt: skip
    store.append(ProfileUnion, [union])
    merge = ProfileMerge(absorbed_id=profile.pk, canonical_id=root.pk, at=union.at, reason=REASON)
    store.append(ProfileMerge, [merge])
    bulk.update(Profile, ("id", "canonical_id"), [(pk, root.pk) for pk in moved])
    remember({root.pk: _said(profile)})
    publish(ProfilesMerged(profile.pk, root.pk))
    publish(ProfilesIdentified((profile.pk, root.pk)))
    return True


@command
def part_people(*, actor: Actor, back: UUID) -> bool:
    """Let who goes by the link id `back` be somebody of their own again; whether they were not."""
    actor.require("engage.profile.change")
    union = _rows().filter(profile__link_id=back).first()
    if union is None:
        return False
    pk, root_id = union.profile_id, canonical_id(union.into_id)
    people = {one.pk: one for one in _locked(pk__in=merged_into(root_id))}
    known = people.pop(root_id)
    own = people.keys() & set(union.moved)
    _take_back(known, union, [one for pk, one in people.items() if pk not in own], people[pk])
    bulk.update(Profile, ("id", "canonical_id"), [(one, None if one == pk else pk) for one in own])
    _give_names_back(union, root_id)
    merges = store.rows(ProfileMerge).filter(absorbed_id=pk, at=union.at, reason=REASON)
    store.discard(merges)
    store.discard(_rows().filter(pk=pk))
    publish(TraitsChanged((pk, root_id)))
    publish(ProfilesIdentified((pk, root_id)))
    return True


def _rows() -> QuerySet[ProfileUnion]:
    return store.rows(ProfileUnion)


def _locked(**which: Any) -> list[Profile]:
    # In one order everywhere, so that two writers do not wait for each other.
    return list(store.rows(Profile).filter(**which).order_by("pk").select_for_update())


def _known(actor: Actor, link_id: UUID) -> Profile:
    """A profile of somebody whom only the crm has seen yet."""
    (made,) = store.create_many(actor, Profile, [{"link_id": link_id, "known": True}])
    publish(ProfilesIdentified((made.pk,)))
    return made


def _give_names_back(union: ProfileUnion, root_id: int) -> None:
    """The identifiers it had, unless somebody else took them over meanwhile."""
    held = store.rows(Identifier).filter(pk__in=list(union.names), profile=root_id)
    rows = [(pk, union.names[str(pk)]) for pk in held.values_list("pk", flat=True)]
    bulk.update(Identifier, ("id", "profile_id"), rows)


def _take_back(
    person: Profile, union: ProfileUnion, staying: Iterable[Profile], left: Profile
) -> None:
    """Of the one that had remained is known what was before, what those say who stay, and what was
    said since: what nobody of them has said."""
    first, *later = _unions_of(person.pk)
    known = Traits(dict(first.before["values"]), dict(first.before["times"]))
    for one in staying:
        known.join(_said(one))
    since = _said(person)
    for name, instant in left.trait_times.items():
        if (since.times.get(name), since.values.get(name)) == (instant, left.traits.get(name)):
            del since.times[name]
            since.values.pop(name, None)
    known.join(since)
    bulk.update(Profile, ("id", "traits", "trait_times"), [(person.pk, known.values, known.times)])
    if first.pk == union.pk and later:
        store.replace(_rows().filter(pk=later[0].pk), before=first.before)


def _unions_of(pk: int) -> list[ProfileUnion]:
    """What had become part of a person who was one of their own then, the first one first."""
    return [one for one in _rows().order_by("at", "pk") if one.before["of"] == pk]


def _before(person: Profile) -> dict[str, Any]:
    return {"of": person.pk, "values": person.traits, "times": person.trait_times}


def _said(person: Profile) -> Traits:
    return Traits(dict(person.traits), dict(person.trait_times))
