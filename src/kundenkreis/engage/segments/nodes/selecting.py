"""Which events a condition is about: a type, a window back from now, and further conditions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments.facts import EventRow, ProfileFacts
from kundenkreis.engage.segments.fields import EVENTS
from kundenkreis.engage.segments.needs import Detail, Needs
from kundenkreis.engage.tracking.labels import COMMON, event_label
from kundenkreis.engage.tracking.models import Event
from kundenkreis.kernel.conditions import (
    Duration,
    Moment,
    Node,
    Reader,
    describe,
    dump_node,
    node_q,
    sentence,
    suggested,
)
from kundenkreis.kernel.conditions.memory import holds
from kundenkreis.kernel.conditions.periods import Bound, since
from kundenkreis.kernel.conditions.wording import length

# The event's person: the canonical profile of the one it was recorded for.
PERSON = Coalesce(
    Subquery(Profile.objects.filter(pk=OuterRef("profile_id")).values("canonical_id")[:1]),
    F("profile_id"),
    output_field=BigIntegerField(),
)


class _Once(Subquery):
    """A sub-query that PostgreSQL evaluates exactly once.

    Where its statistics are behind (just after an import), it expects one row and would evaluate
    the sub-query again for every person. SQLite evaluates it once in any case.
    """

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        template = "(WITH found AS MATERIALIZED (%(subquery)s) SELECT * FROM found)"
        return self.as_sql(compiler, connection, template=template, **extra)


def among(people: QuerySet[Any, Any]) -> Q:
    """Being one of the people that a query with one column selects; never unknown."""
    return Q(pk__in=_Once(people))


@dataclass(frozen=True, slots=True)
class Selector:
    """Events of a type, `within` the last so much (None = ever), that fulfil `where`."""

    event: str
    within: Duration | None = None
    where: Node | None = None

    @property
    def start(self) -> Bound | None:
        return None if self.within is None else since(self.within)

    def needs(self, detail: Detail = Detail.TIMES) -> Needs:
        most = detail if self.where is None else Detail.PROPERTIES
        return Needs({self.event: frozenset({self.within})}, {self.event: most})

    def of(self, facts: ProfileFacts) -> Iterable[EventRow]:
        """The person's events of this kind, whenever they were, also in the future."""
        found = facts.events.get(self.event, ())
        if self.where is None:
            return found
        moment = Moment(_NEVER)
        return [event for event in found if holds(self.where, EVENTS, event, moment)]

    def around(self, facts: ProfileFacts, moment: Moment) -> Around:
        """Those events, sorted into the window and what is still to come."""
        low = None if self.start is None else self.start.instant(moment)
        inside, future = [], None
        for event in self.of(facts):
            at = event.occurred_at
            if at > moment.now:
                future = at if future is None else min(future, at)
            elif low is None or at >= low:
                inside.append(event)
        return Around(inside, future)

    def leaves(self, at: datetime, moment: Moment) -> datetime | None:
        """When an event leaves the window; None if never."""
        return None if self.start is None else self.start.passes(at, moment)

    def rows(self, moment: Moment) -> QuerySet[Any, Any]:
        """The same events of everybody, each with its `person`."""
        found = Event.objects.filter(type=self.event, occurred_at__lte=moment.now)
        if self.start is not None:
            found = found.filter(occurred_at__gte=self.start.instant(moment))
        if self.where is not None:
            found = found.filter(node_q(self.where, EVENTS, Moment(_NEVER)))
        return found.annotate(person=PERSON)

    def open_people(self, moment: Moment) -> QuerySet[Any, Any]:
        """People with an event that will enter or leave the window as time goes on."""
        found = Event.objects.filter(type=self.event)
        if self.start is None:
            found = found.filter(occurred_at__gt=moment.now)
        else:
            found = found.filter(occurred_at__gte=self.start.instant(moment))
        return found.annotate(person=PERSON).values("person")

    def dump(self) -> dict[str, Any]:
        data: dict[str, Any] = {"event": self.event}
        if self.within is not None:
            data["within"] = {"n": self.within.n, "unit": self.within.unit.value}
        if self.where is not None:
            data["where"] = dump_node(self.where, EVENTS)
        return data

    def say(self) -> str:
        words = _("“%(name)s”") % {"name": event_label(self.event)}
        if self.where is not None:
            words += f" [{sentence(self.where, EVENTS)}]"
        if self.within is not None:
            words += " " + _("within the last %(length)s") % {"length": length(self.within)}
        return words


# Conditions on events must not depend on time (`fields` offers no such operators).
_NEVER = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


@dataclass(slots=True)
class Around:
    """Events inside the window, and the next one that lies in the future."""

    inside: Sequence[EventRow]
    future: datetime | None


def earliest(*instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


def load(reader: Reader, *, window: bool = True) -> Selector:
    """Read `event`, `within` and `where` of a node."""
    return Selector(
        reader.text("event"),
        reader.duration("within") if window else None,
        reader.optional("where", EVENTS),
    )


_NEWEST = 5000


def known_types() -> list[str]:
    """Event types worth suggesting: the common ones and those of the newest events."""
    newest = Event.objects.order_by("-id").values_list("type", flat=True)[:_NEWEST]
    others = sorted(set(newest).difference(COMMON), key=lambda name: str(event_label(name)))
    return [*COMMON, *others][:200]


def inputs(*, window: bool = True) -> list[dict[str, Any]]:
    """What the editor asks for."""
    found: list[dict[str, Any]] = [
        {
            "name": "event",
            "kind": "text",
            "label": _("Event"),
            "suggestions": suggested(known_types(), event_label),
        }
    ]
    if window:
        found.append(
            {"name": "within", "kind": "duration", "label": _("Within the last"), "optional": True}
        )
    where = describe(EVENTS)
    label = _("Only events with")
    return [
        *found,
        {"name": "where", "kind": "tree", "label": label, "optional": True, "vocabulary": where},
    ]
