"""Telling people what is kept about them: GDPR Art. 13 where data come from themselves, at once;
Art. 14 where they come from elsewhere, within a month and not after the first letter or call.

Which of the two it is was said when they were entered, by hand, by a file or by another system, or
follows from source and legal basis (`origins`). The clock runs from the day they were entered.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import batched
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import Informed, Person
from kundenkreis.crm.people.origins import origin_of
from kundenkreis.crm.people.queries import persons
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, Viewer
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError, NotFound

RIGHT = "crm.person.change"
How = Informed.How
AT_ONCE = 1_000  # people in one command
CHUNK = 500
# Only where data do not come from the person; each asks for its reason.
ELSEWHERE_ONLY = frozenset({How.EFFORT, How.LAW, How.SECRET})
_KNOWN = "informed_by"  # where a person that was read keeps the answer


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody who has to be told: by which article, until when."""

    person: Person
    article: int
    due_on: date

    @property
    def origin(self) -> str:
        """How their data came in, in words."""
        return str(Person.Origin(origin_of(self.person)).label)

    @property
    def is_late(self) -> bool:
        return self.due_on < clock.today(settings.COMPANY_ZONE)


def article_of(person: Person) -> int:
    """13 where data come from the person, 14 where they come from elsewhere."""
    return 13 if origin_of(person) == Person.Origin.SELF else 14


def duty_of(person: Person) -> Duty:
    """By which article and until when somebody has to be told."""
    entered = person.created_at.astimezone(_zone()).date()
    article = article_of(person)
    due = entered if article == 13 else _a_month_after(entered)
    if article == 14 and person.contacted_on is not None:
        due = min(due, max(person.contacted_on, entered))
    return Duty(person, article, due)


def _a_month_after(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def informed_of(person: Person) -> Informed | None:
    """How somebody was told, if they were."""
    if _KNOWN not in person.__dict__:
        person.__dict__[_KNOWN] = Informed.objects.filter(person=person.pk).first()
    known: Informed | None = person.__dict__[_KNOWN]
    return known


def not_informed(viewer: Viewer) -> QuerySet[Person]:
    """Whom the viewer may read and nobody has told yet, who were entered first at the top."""
    rows = persons(viewer).filter(informed__isnull=True)
    return rows.exclude(ended=Person.Ended.DECEASED).order_by("pk")


def due_until(viewer: Viewer, day: date) -> QuerySet[Person]:
    """Whom the viewer may read, who is not told yet and has to be until a day: by the month, by the
    first contact, or at once."""
    entered = datetime.combine(_last_day_due(day) + timedelta(days=1), time.min, _zone())
    at_once = Q(origin=Person.Origin.SELF) | Q(contacted_on__lte=day)
    return not_informed(viewer).filter(Q(created_at__lt=entered) | at_once)


def _last_day_due(day: date) -> date:
    """The last day of entry whose month has ended on a day."""
    last = day.replace(day=1) - timedelta(days=1)
    ends = (day + timedelta(days=1)).day == 1
    return last if ends else last.replace(day=min(day.day, last.day))


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.COMPANY_ZONE)


def require_how(how: str, note: str, on: date | None) -> date:
    """The day, if that can be said of anybody. Raises `DomainError`."""
    if how not in How:
        raise DomainError(_("Choose how they were told."), field="how")
    today = clock.today(settings.COMPANY_ZONE)
    if on is not None and on > today:
        raise DomainError(_("That day is still to come."), field="on")
    if how in ELSEWHERE_ONLY and not note.strip():
        raise DomainError(
            _("Say why they need not be told."),
            _("An exception must be shown to the authority."),
            field="note",
        )
    return on or today


@command
def note_informed(
    *, actor: Actor, person_ids: Collection[int], how: str, on: date | None = None, note: str = ""
) -> int:
    """Note that people were told, or why they need not be; returns how many it was noted of.

    Who has been told already stays as it is. Raises `NotFound`, `NotAllowed`; `DomainError` for more
    than 1,000, a day to come, an exception of Art. 14 where the data come from the person, or one
    without its reason.
    """
    on = require_how(how, note, on)
    if len(person_ids) > AT_ONCE:
        raise DomainError(_("Up to %(n)s people can be noted at once.") % {"n": AT_ONCE})
    people = [
        one
        for some in batched(sorted(person_ids), CHUNK, strict=False)
        for one in store.lock_many(Person, some).values()
    ]
    if len(people) < len(set(person_ids)):
        raise NotFound
    _require(actor, people)
    if how in ELSEWHERE_ONLY and any(article_of(one) == 13 for one in people):
        raise DomainError(
            _("This exception does not hold where people gave their data themselves."),
            _("Art. 13 knows one only: that they know it already."),
            _("Choose how they were told, or take those off the list."),
            field="how",
        )
    return _note(actor, people, how, on, note)


def _require(actor: Actor, people: Sequence[Person]) -> None:
    actor.require(RIGHT)
    for one in people:
        actor.require_for(RIGHT, one)


def told_by_letter(actor: Actor, people: Collection[int]) -> None:
    """Note that a privacy notice went to people by letter; the letter has asked for its right."""
    rows = list(store.lock_many(Person, people).values())
    _note(actor, rows, How.LETTER, clock.today(settings.COMPANY_ZONE), "")


def _note(actor: Actor, people: Sequence[Person], how: str, on: date, note: str) -> int:
    rows = store.rows(Informed).filter(person__pk__among=[one.pk for one in people])
    known = set(rows.values_list("person", flat=True))
    new = [
        {"person": one, "how": how, "on": on, "note": note.strip()[:300]}
        for one in people
        if one.pk not in known
    ]
    store.create_many(actor, Informed, new)
    return len(new)


@command
def forget_informed(*, actor: Actor, person_id: int) -> None:
    """Take back that somebody was told, because it was a mistake. Raises `NotFound`."""
    person = store.lock(Person, person_id)
    _require(actor, [person])
    found = store.rows(Informed).filter(person=person).first()
    if found is None:
        raise NotFound
    store.remove(actor, found)
