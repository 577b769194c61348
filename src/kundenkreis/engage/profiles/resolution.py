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

from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Coalesce

from kundenkreis.engage.profiles.events import ProfileLinked, ProfilesMerged
from kundenkreis.engage.profiles.identity import Directory, Merge, Name, Person, Sighting
from kundenkreis.engage.profiles.models import FormerHolder, Identifier, Profile, ProfileMerge
from kundenkreis.engage.profiles.traits import Traits
from kundenkreis.kernel import bulk, store
from kundenkreis.kernel.events import publish_all

# A visit ends after half an hour without an event; "last seen" is as exact as it has to be for that.
VISIT = timedelta(minutes=30)
_SEEN_AGAIN = timedelta(minutes=5)

_NEW_PROFILE = (
    "version", "custom", "created_at", "changed_at", "known", "link_id", "traits", "trait_times",
    "facts", "last_seen_at",
)  # fmt: skip
# Whoever the holder of a name turned out to be.
_HOLDER = Coalesce("profile__canonical_id", "profile_id", output_field=BigIntegerField())
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
    directory = _load(namespace, sightings)
    people: list[Person] = [Person()] * len(sightings)
    for place in sorted(range(len(sightings)), key=lambda place: sightings[place].at):
        people[place] = directory.place(sightings[place])
    people = [person.root() for person in people]
    new_visits = {
        person
        for person in people
        if person.last_seen_at is None or now - person.last_seen_at >= VISIT
    }
    _store(namespace, directory, people, now)
    return [Seen(person.id or 0, person.link_id, person in new_visits) for person in people]


def remember(said: Mapping[int, Traits]) -> None:
    """Add what was said to the traits of these profiles."""
    rows = store.rows(Profile).filter(pk__in=list(said)).order_by("pk").select_for_update()
    changed = []
    for pk, values, times in rows.values_list("pk", "traits", "trait_times"):
        traits = Traits(values, times)
        traits.join(said[pk])
        changed.append((pk, traits.values, traits.times))
    bulk.update(Profile, ("id", "traits", "trait_times"), changed)


def link(profile_ids: Iterable[int]) -> dict[int, UUID]:
    """The link ids of canonical profiles, made where missing."""
    rows = store.rows(Profile).filter(pk__in=set(profile_ids)).order_by("pk").select_for_update()
    links = dict(rows.values_list("pk", "link_id"))
    new = {pk: uuid.uuid4() for pk, known in links.items() if known is None}
    bulk.update(Profile, ("id", "link_id"), list(new.items()))
    publish_all(ProfileLinked(pk, link_id) for pk, link_id in new.items())
    return {pk: known or new[pk] for pk, known in links.items()}


def _load(namespace: str, sightings: Sequence[Sighting]) -> Directory:
    users = {seen.user for seen in sightings} - {""}
    cookies = {seen.anonymous for seen in sightings} - {""}
    rows = store.rows(Identifier).filter(namespace=namespace).order_by("pk")
    if users:
        # Claims change who holds a name: two writers must not do that at the same time.
        rows = rows.select_for_update()
    loaded = [*_names(rows, Identifier.Kind.ANONYMOUS, cookies)]
    loaded += _names(rows, Identifier.Kind.USER, users)
    people = _people({holder for *_, holder in loaded})
    directory = Directory()
    held: dict[int, Name] = {}
    for pk, kind, value, first, verified, since, holder in loaded:
        name = Name(kind, value, people[holder], first, verified, since, pk)
        (directory.users if kind == Identifier.Kind.USER else directory.anonymous)[value] = name
        if since is not None:
            held[pk] = name
    _load_former_holders(held)
    return directory


def _names(rows: QuerySet[Identifier], kind: str, values: set[str]) -> Iterable[tuple[Any, ...]]:
    if not values:
        return ()
    return rows.filter(kind=kind, value__in=values).values_list(
        "pk", "kind", "value", "first_seen_at", "verified", "since",
        _HOLDER,
    )  # fmt: skip


def _people(ids: set[int]) -> dict[int, Person]:
    if not ids:
        return {}
    rows = store.rows(Profile).filter(pk__in=ids)
    return {
        pk: Person(pk, known, link_id, seen)
        for pk, known, link_id, seen in rows.values_list("pk", "known", "link_id", "last_seen_at")
    }


def _load_former_holders(held: Mapping[int, Name]) -> None:
    if not held:
        return
    rows = list(
        store.rows(FormerHolder)
        .filter(identifier__in=held)
        .values_list("identifier_id", "until", _HOLDER)
    )
    people = _people({holder for *_, holder in rows})
    for identifier, until, holder in rows:
        held[identifier].former.append((until, people[holder]))


def _store(namespace: str, directory: Directory, people: list[Person], now: datetime) -> None:
    names = [*directory.anonymous.values(), *directory.users.values()]
    former = [person for _, person, _ in directory.moved]
    everybody = dict.fromkeys(chain(people, (name.person for name in names), former))
    _insert_people([person for person in everybody if person.id is None and not person.into], now)
    _insert_names(namespace, [name for name in names if name.id is None])
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
    for person, pk in zip(new, ids, strict=True):
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
    publish_all(
        ProfileLinked(_stored(merge.person), merge.inherited)
        for merge in merged
        if merge.inherited is not None
    )


def _stored(person: Person) -> int:
    """The row a person has; of those merged before they got one, the row they were merged into."""
    pk = person.id if person.id is not None else person.root().id
    if pk is None:
        raise RuntimeError("this person was not stored")
    return pk
