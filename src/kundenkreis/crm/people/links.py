"""Whom both sides mean by a link id: the person who has it, or who took in the one who had it."""

from __future__ import annotations

from collections.abc import Iterable
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
