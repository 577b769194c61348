"""Who is meant: the rules by which cookie ids and customer ids of one shop become people.

Everything happens in memory on what was loaded for a batch (`resolution.py` loads and writes), so
that each rule can be read and tested by itself.

- Known beats anonymous: an anonymous person who names a new customer id is that customer; if the id
  is somebody's already, the anonymous person *is* that somebody and is merged into them.
- Two people with a customer id each are never merged. A cookie id that names a second customer is a
  device used by two: from that instant it belongs to the second, older events stay with the first.
- Only proof (a trusted source, or a signed token) attaches anybody to a known customer. A browser's
  own claim takes an id nobody has, gives it back to the first who proves it, and never merges.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sighting:
    """That somebody was seen at an instant, by the names given; `proven` as told above."""

    anonymous: str
    user: str
    at: datetime
    proven: bool = False


@dataclass(slots=True, eq=False)
class Person:
    """A profile in memory; `id` is None until it is stored, `read` is what was: known and link."""

    id: int | None = None
    known: bool = False
    link_id: UUID | None = None
    last_seen_at: datetime | None = None
    read: tuple[bool, UUID | None] = (False, None)
    into: Person | None = None
    changed: bool = False

    def root(self) -> Person:
        """The person this one turned out to be."""
        person = self
        while person.into is not None:
            person = person.into
        return person


@dataclass(slots=True, eq=False)
class Name:
    """An identifier in memory with its holder, and its former ones as (until, holder)."""

    kind: str
    value: str
    person: Person
    first_seen_at: datetime
    verified: bool = False
    since: datetime | None = None
    id: int | None = None
    changed: bool = False
    former: list[tuple[datetime, Person]] = field(default_factory=list)

    def holder(self, at: datetime) -> Person:
        """Whose the name was at an instant."""
        if self.since is not None and at < self.since:
            for until, person in sorted(self.former, key=lambda pair: pair[0]):
                if at < until:
                    return person.root()
        return self.person.root()


@dataclass(frozen=True, slots=True)
class Merge:
    """That an anonymous person is somebody known, who may inherit their link id."""

    absorbed: Person
    person: Person
    inherited: UUID | None


@dataclass(slots=True)
class Directory:
    """The names of one namespace that a batch mentions, and what the batch does to them."""

    anonymous: dict[str, Name] = field(default_factory=dict)
    users: dict[str, Name] = field(default_factory=dict)
    merged: list[Merge] = field(default_factory=list)
    moved: list[tuple[Name, Person, datetime]] = field(default_factory=list)
    lost: list[Person] = field(default_factory=list)  # a customer id they had only claimed

    def place(self, seen: Sighting) -> Person:
        """The person a sighting belongs to; call in the order of the instants."""
        if not seen.user:
            # Somebody without any name, such as a guest whose order is all we may know.
            return self._by_cookie(seen) if seen.anonymous else Person()
        if seen.proven:
            return self._proven(seen)
        return self._claimed(seen)

    def touched(self) -> set[Person]:
        """The stored people who are different now, and those on whom that depends."""
        names = chain(self.anonymous.values(), self.users.values())
        changed = (name.person for name in names if name.person.changed)
        merging = chain.from_iterable((merge.absorbed, merge.person) for merge in self.merged)
        return {person for person in chain(changed, self.lost, merging) if person.id is not None}

    def _by_cookie(self, seen: Sighting) -> Person:
        name = self.anonymous.get(seen.anonymous)
        return name.holder(seen.at) if name else self._new_cookie(seen, Person())

    def _proven(self, seen: Sighting) -> Person:
        cookie = self.anonymous.get(seen.anonymous) if seen.anonymous else None
        holder = cookie.holder(seen.at) if cookie else None
        user = self.users.get(seen.user)
        if user is not None and not user.verified:
            if user.person.root() is not holder:
                # A browser claimed the id before; whoever proves it does not inherit that browser.
                self._take_away(user)
                user.person = self._becomes_customer(holder)
            user.verified = user.changed = True
        elif user is None:
            user = self._new_user(seen, self._becomes_customer(holder), verified=True)
        person = user.person.root()
        if not seen.anonymous:
            return person
        if cookie is None or holder is None:
            return self._new_cookie(seen, person)
        if holder is not person:
            if holder.known:
                self._move(cookie, person, seen.at)
            else:
                self._merge(holder, person)
        return person

    def _claimed(self, seen: Sighting) -> Person:
        cookie = self.anonymous.get(seen.anonymous)
        holder = cookie.holder(seen.at) if cookie else None
        user = self.users.get(seen.user)
        if user is None:
            person = self._becomes_customer(holder)
            self._new_user(seen, person, verified=False)
        elif user.person.root() is holder:
            return holder
        elif holder is None or holder.known:
            person = Person()
        else:
            return holder
        if cookie is None:
            return self._new_cookie(seen, person)
        if holder is not person:
            self._move(cookie, person, seen.at)
        return person

    def _becomes_customer(self, holder: Person | None) -> Person:
        """The anonymous holder, now known; a new person if there is none or they are known."""
        if holder is None or holder.known:
            return Person(known=True)
        holder.known = holder.changed = True
        return holder

    def _take_away(self, user: Name) -> None:
        # A profile has one customer id at most, so without it nobody knows who this is.
        loser = user.person.root()
        loser.known, loser.changed = False, True
        self.lost.append(loser)

    def _merge(self, absorbed: Person, person: Person) -> None:
        absorbed.into, absorbed.changed = person, True
        inherited = absorbed.link_id if person.link_id is None else None
        if inherited is not None:
            person.link_id, absorbed.link_id = inherited, None
            person.changed = True
        self.merged.append(Merge(absorbed, person, inherited))

    def _move(self, cookie: Name, person: Person, at: datetime) -> None:
        if cookie.since is not None and at < cookie.since:
            return  # a late report: who took the device over afterwards keeps it
        former = cookie.person.root()
        cookie.former.append((at, former))
        self.moved.append((cookie, former, at))
        cookie.person, cookie.since, cookie.changed = person, at, True

    def _new_cookie(self, seen: Sighting, person: Person) -> Person:
        self.anonymous[seen.anonymous] = Name("anonymous", seen.anonymous, person, seen.at)
        return person

    def _new_user(self, seen: Sighting, person: Person, *, verified: bool) -> Name:
        name = Name("user", seen.user, person, seen.at, verified=verified)
        self.users[seen.user] = name
        return name
