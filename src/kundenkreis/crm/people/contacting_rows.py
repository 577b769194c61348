"""The answer of `contacting.light_of` for all rows at once, as a condition of the database.

It is the same answer, rule by rule: a property compares the two over random facts. Everything is
asked from the person on, by indexes (contact details by holder, statements by folded subject and by
link id), so a list reads only as far as its page goes. Nothing is kept twice, so nothing is late:
days that begin or end, a withdrawal that arrived a moment ago.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kundenkreis.crm.people.contacting import ADVERTISING, NEEDS, TOLD, at_work_on
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    ContactPermission,
    FormerLink,
    Person,
    Restriction,
)

type _Said = QuerySet[ContactPermission]
# Gives statements for a query that stands so many queries inside of that of the persons.
type _Narrowed = Callable[[int], _Said]


def allowed(channel: str, today: date, purpose: str = ADVERTISING) -> Q:
    """The persons with a green light for a channel on a day of the company's zone.

    True or false of every person, never unknown.
    """
    said = ContactPermission.objects.filter(channel=channel, purpose__in={purpose, ""})

    def agreed(depth: int) -> _Said:
        return said.filter(granted=True)

    def refused(depth: int) -> _Said:
        def again(inner: int) -> _Said:
            out = inner - depth - 1
            return said.filter(
                granted=True, folded=_outer("folded", out), since__gt=_outer("since", out)
            )

        def confirmed(inner: int) -> _Said:
            since = _outer("since", inner - depth - 1)
            return said.filter(granted=True, confirmed_at__gt=since)

        told = Q(subject_kind="person") | Q(origin__in=TOLD)
        lifted = _reaching(again, depth) | (told & _reaching(confirmed, depth))
        return said.filter(~lifted, granted=False)

    usable = ContactDetail.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=today),
        Q(valid_until=None) | Q(valid_until__gte=today),
        person=OuterRef("pk"), kind=NEEDS[channel],
    ).exclude(state=ContactDetail.State.BOUNCED)  # fmt: skip
    fine = Q(Exists(usable)) & (_reaching(agreed) | _without_statement(channel, today))
    restricted = Restriction.objects.filter(person=OuterRef("pk"))
    alive = ~Q(ended=Person.Ended.DECEASED)
    return fine & ~_reaching(refused) & ~Q(Exists(restricted)) & alive


def _reaching(narrowed: _Narrowed, depth: int = 0) -> Q:
    """That something was said under an address or a link id of the person.

    The query it narrows is that of the persons, or stands `depth` queries inside of it.
    """
    details = ContactDetail.objects.filter(person=_outer("pk", depth))
    former = FormerLink.objects.filter(person=_outer("pk", depth))
    by_address = narrowed(depth + 2).filter(folded=OuterRef("folded"))
    by_former = narrowed(depth + 2).filter(link_id=OuterRef("link_id"))
    by_link = narrowed(depth + 1).filter(link_id=_outer("link_id", depth))
    return (
        Q(Exists(details.filter(Exists(by_address))))
        | Q(Exists(by_link))
        | Q(Exists(former.filter(Exists(by_former))))
    )


def _outer(name: str, depth: int) -> OuterRef:
    """A column of the query just around, or of one that is so many queries further out."""
    found = OuterRef(name)
    for _ in range(depth):
        found = OuterRef(found)
    return found


def _without_statement(channel: str, today: date) -> Q:
    """What holds for people who have said nothing."""
    if channel == "post":
        return ~Q(legal_basis="")
    if channel == "phone":
        return Q(Exists(Affiliation.objects.filter(at_work_on(today), person=OuterRef("pk"))))
    return Q(pk__in=[])
