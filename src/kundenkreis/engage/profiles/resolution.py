"""Finding or making the profiles of a batch: a few statements, however many items there are.

All functions need a unit of work in progress.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from kundenkreis.engage.profiles.events import (
    ProfileLinked,
    ProfilesIdentified,
    ProfilesMerged,
    TraitsChanged,
)
from kundenkreis.engage.profiles.identity import Directory, Merge, Name, Person, Sighting
from kundenkreis.engage.profiles.models import FormerHolder, Identifier, Profile, ProfileMerge
from kundenkreis.engage.profiles.traits import Traits
from kundenkreis.kernel import bulk, store
from kundenkreis.kernel.events import publish, publish_all

# A visit ends after half an hour without an event; "last seen" is as exact as it has to be for that.
VISIT = timedelta(minutes=30)
_SEEN_AGAIN = timedelta(minutes=5)

_NEW_PROFILE = (
    "version", "custom", "created_at", "changed_at", "known", "link_id", "traits", "trait_times",
    "facts", "last_seen_at",
)  # fmt: skip
_NEW_NAME = (
    "profile_id", "namespace", "kind", "value", "first_seen_at", "verified", "since",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """The profile a sighting belongs to; `new_visit` when it had not been seen for `VISIT`."""

    profile_id: int
    link_id: UUID | None
    new_visit: bool


def resolve(namespace: str, sightings: Sequence[Sighting], now: datetime) -> list[Seen]:
    """Find or make the profile of each sighting, in the given order; merge where the rules say so.

    The rules are applied in the order of the instants, whatever the order of the list.
    """
    directory, people = _decide(namespace, sightings)
    while not _still_true(directory):
        directory, people = _decide(namespace, sightings)
    new_visits = {
        person
        for person in people
        if person.last_seen_at is None or now - person.last_seen_at >= VISIT
    }
    _store(namespace, directory, people, now)
    return [Seen(person.id or 0, person.link_id, person in new_visits) for person in people]


def remember(said: Mapping[int, Traits]) -> None:
    """Add what was said to the traits of these profiles."""
    changed = []
    columns = ("id", "traits", "trait_times")
    for pk, values, times in bulk.select(Profile, columns, among=("id", said.keys()), lock=True):
        traits = Traits(values, times)
        if traits.join(said[pk]):
            changed.append((pk, traits.values, traits.times))
    bulk.update(Profile, columns, changed)
    if changed:
        publish(TraitsChanged(tuple(pk for pk, *_ in changed)))


def link(profile_ids: Iterable[int]) -> dict[int, UUID]:
    """The link ids of the people these profiles are, made where missing."""
    rows = store.rows(Profile).filter(pk__in=set(profile_ids)).order_by("pk").select_for_update()
    locked = list(rows.values_list("pk", "canonical_id", "link_id"))
    links = {pk: link_id or uuid.uuid4() for pk, canonical, link_id in locked if canonical is None}
    new = {pk: links[pk] for pk, _, link_id in locked if pk in links and link_id is None}
    bulk.update(Profile, ("id", "link_id"), list(new.items()))
    publish_all(ProfileLinked(pk, link_id) for pk, link_id in new.items())
    # Another writer may have merged them since they were found.
    merged = {pk: canonical for pk, canonical, _ in locked if canonical is not None}
    theirs = link(merged.values()) if merged else {}
    return links | {pk: theirs[canonical] for pk, canonical in merged.items()}


def _decide(namespace: str, sightings: Sequence[Sighting]) -> tuple[Directory, list[Person]]:
    """Apply the rules to what is stored now; nothing is written yet."""
    directory = _load(namespace, sightings)
    people: list[Person] = [Person()] * len(sightings)
    for place in sorted(range(len(sightings)), key=lambda place: sightings[place].at):
        people[place] = directory.place(sightings[place])
    return directory, [person.root() for person in people]


def _still_true(directory: Directory) -> bool:
    """Lock the people about to change; says whether they are still as they were read.

    Only these are locked, not everybody seen: who changes nothing should not wait for anybody.
    """
    read = {person.id: (None, *person.read) for person in directory.touched()}
    columns = ("id", "canonical_id", "known", "link_id")
    rows = bulk.select(Profile, columns, among=("id", read.keys()), lock=True)
    return read == {pk: (canonical, bool(known), link_id) for pk, canonical, known, link_id in rows}


def _load(namespace: str, sightings: Sequence[Sighting]) -> Directory:
    cookies = {seen.anonymous for seen in sightings} - {""}
    users = {seen.user for seen in sightings} - {""}
    # Claims change who holds a name: two writers must not do that at the same time.
    lock = bool(users)
    loaded = _names(namespace, Identifier.Kind.ANONYMOUS, cookies, lock)
    loaded += _names(namespace, Identifier.Kind.USER, users, lock)
    people = _people({row[1] for row in loaded})
    directory = Directory()
    held: dict[int, Name] = {}
    for pk, holder, kind, value, first, verified, since in loaded:
        name = Name(kind, value, people[holder], first, bool(verified), since, pk)
        (directory.users if kind == Identifier.Kind.USER else directory.anonymous)[value] = name
        if since is not None:
            held[pk] = name
    _load_former_holders(held)
    return directory


def _names(namespace: str, kind: str, values: set[str], lock: bool) -> list[tuple[Any, ...]]:
    columns = ("id", "profile_id", "kind", "value", "first_seen_at", "verified", "since")
    return bulk.select(
        Identifier, columns, among=("value", values), lock=lock, namespace=namespace, kind=kind
    )


def _people(ids: set[int]) -> dict[int, Person]:
    """By each of these profiles the person they turned out to be."""
    columns = ("id", "canonical_id", "known", "link_id", "last_seen_at")
    rows = bulk.select(Profile, columns, among=("id", ids))
    merged = {pk: canonical for pk, canonical, *_ in rows if canonical is not None}
    rows += bulk.select(Profile, columns, among=("id", set(merged.values()) - ids))
    people = {
        pk: Person(pk, bool(known), link_id, seen, (bool(known), link_id))
        for pk, canonical, known, link_id, seen in rows
        if canonical is None
    }
    return people | {pk: people[canonical] for pk, canonical in merged.items()}


def _load_former_holders(held: Mapping[int, Name]) -> None:
    columns = ("identifier_id", "until", "profile_id")
    rows = bulk.select(FormerHolder, columns, among=("identifier_id", held.keys()))
    people = _people({holder for *_, holder in rows})
    for identifier, until, holder in rows:
        held[identifier].former.append((until, people[holder]))


def _store(namespace: str, directory: Directory, people: list[Person], now: datetime) -> None:
    names = [*directory.anonymous.values(), *directory.users.values()]
    former = [person for _, person, _ in directory.moved]
    everybody = dict.fromkeys(
        chain(people, (name.person for name in names), former, directory.lost)
    )
    new = [person for person in everybody if person.id is None and not person.into]
    named = [name.person for name in names if name.id is None or name.changed]
    _insert_people(new, now)
    # In one order everywhere, so that two writers do not wait for each other.
    unnamed = [name for name in names if name.id is None]
    _insert_names(namespace, sorted(unnamed, key=lambda name: (name.kind, name.value)))
    bulk.update(
        Identifier,
        ("id", "profile_id", "verified", "since"),
        [
            (name.id, _stored(name.person), name.verified, name.since)
            for name in names
            if name.changed and name.id is not None
        ],
    )
    if directory.moved:
        _insert_former_holders(namespace, directory)
    merged = [merge for merge in directory.merged if merge.absorbed.id is not None]
    changed = [person for person in everybody if person.changed and person.id is not None]
    _update_people(dict.fromkeys([*(merge.absorbed for merge in merged), *changed]))
    if merged:
        _record_merges(merged, now)
    identified = {_stored(person) for person in chain(new, changed, named, former)}
    if identified:
        publish(ProfilesIdentified(tuple(sorted(identified))))
    again = {
        _stored(person)
        for person in people
        if person.last_seen_at is None or now - person.last_seen_at >= _SEEN_AGAIN
    }
    if again:
        store.replace(store.rows(Profile).filter(pk__in=again), last_seen_at=now)


def _insert_people(new: list[Person], now: datetime) -> None:
    rows = [
        (1, "{}", now, now, person.known, person.link_id, "{}", "{}", "{}", now) for person in new
    ]
    ids = bulk.insert(Profile, _NEW_PROFILE, rows, returning="id")
    store.recompute(Profile, ids)
    for person, pk in zip(new, sorted(ids), strict=True):
        person.id, person.last_seen_at, person.changed = pk, now, False


def _insert_names(namespace: str, new: list[Name]) -> None:
    bulk.insert(
        Identifier,
        _NEW_NAME,
        [
            (
                _stored(name.person), namespace, name.kind, name.value, name.first_seen_at,
                name.verified, name.since,
            )
            for name in new
        ],
    )  # fmt: skip


def _insert_former_holders(namespace: str, directory: Directory) -> None:
    fresh = {name.value for name, _, _ in directory.moved if name.id is None}
    rows = store.rows(Identifier).filter(
        namespace=namespace, kind=Identifier.Kind.ANONYMOUS, value__in=fresh
    )
    ids = dict(rows.values_list("value", "pk")) if fresh else {}
    bulk.insert(
        FormerHolder,
        ("identifier_id", "profile_id", "until"),
        [
            (name.id or ids[name.value], _stored(person), until)
            for name, person, until in directory.moved
        ],
    )


def _update_people(changed: Iterable[Person]) -> None:
    rows = [
        (person.id, person.known, person.root().id if person.into else None, person.link_id)
        for person in changed
    ]
    columns = ("id", "known", "canonical_id", "link_id")
    # A link id is unique: who gives one away does so before the other takes it.
    bulk.update(Profile, columns, [row for row in rows if row[3] is None])
    bulk.update(Profile, columns, [row for row in rows if row[3] is not None])


def _record_merges(merged: list[Merge], now: datetime) -> None:
    into = {_stored(merge.absorbed): _stored(merge.person) for merge in merged}
    bulk.insert(
        ProfileMerge,
        ("absorbed_id", "canonical_id", "at", "reason"),
        [(one, other, now, "same person") for one, other in into.items()],
    )
    rows = store.rows(Profile).filter(canonical_id__in=into).values_list("pk", "canonical_id")
    bulk.update(Profile, ("id", "canonical_id"), [(pk, into[at]) for pk, at in rows if at])
    knew = store.rows(Profile).filter(pk__in=into).values_list("pk", "traits", "trait_times")
    said: dict[int, Traits] = {}
    for pk, values, times in knew:
        if times:
            said.setdefault(into[pk], Traits()).join(Traits(values, times))
    if said:
        remember(said)
    publish_all(ProfilesMerged(one, other) for one, other in into.items())
    # Of the two it is told what the crm has not heard of yet: the one who was not linked before.
    publish_all(
        ProfileLinked(_stored(merge.person if merge.inherited else merge.absorbed), link_id)
        for merge in merged
        if (link_id := merge.person.root().link_id) is not None
    )


def _stored(person: Person) -> int:
    """The row a person has; of those merged before they got one, the row they were merged into."""
    pk = person.id if person.id is not None else person.root().id
    if pk is None:
        raise RuntimeError("this person was not stored")
    return pk
