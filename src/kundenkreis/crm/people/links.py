"""Whom both sides mean by a link id: the person who has it, or who took in the one who had it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from kundenkreis.crm.people.models import FormerLink, Person
from kundenkreis.kernel import store


def linked_people(link_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The numbers of the persons by link id."""
    wanted = set(link_ids)
    former = store.rows(FormerLink).filter(link_id__in=wanted)
    own = store.rows(Person).filter(link_id__in=wanted)
    found: dict[UUID, int] = dict(former.values_list("link_id", "person"))
    found.update({link: pk for link, pk in own.values_list("link_id", "pk") if link is not None})
    return found


_FORMER = "_former_links"


def links_of(people: Sequence[Person]) -> dict[UUID, list[int]]:
    """The links that people go by, their own and those of whom they took in, with their numbers.

    Two go by one link when the one that became part of the other is back from the bin; the other
    stands last. Read at once, and kept with them.
    """
    unknown = {one.pk: one for one in people if _FORMER not in one.__dict__}
    for one in unknown.values():
        one.__dict__[_FORMER] = []
    rows = FormerLink.objects.filter(person__in=list(unknown)).order_by()
    for link, pk in rows.values_list("link_id", "person") if unknown else ():
        unknown[pk].__dict__[_FORMER].append(link)
    found: dict[UUID, list[int]] = {one.link_id: [one.pk] for one in people if one.link_id}
    for one in people:
        for link in one.__dict__.get(_FORMER, ()):
            found.setdefault(link, []).append(one.pk)
    return found
