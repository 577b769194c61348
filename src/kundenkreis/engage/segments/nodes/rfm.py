"""RFM: recency, frequency and monetary value of orders, each scored 1 (worst) to 5 (best).

Rule for ties: score = 1 + floor(5 × customers strictly worse / customers). Equal values always
get equal scores, so the five groups are of equal size only where values differ. Customers are the
people with at least one such order in the window; who is none of them has no score.

* recency: instant of the last order, later is better
* frequency: orders with different keys
* monetary: sum of values in one currency

A score depends on all other customers, so it cannot follow single events: segments that use it
are refreshed as a whole once a day, and on demand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.engage.segments.facts import ProfileFacts
from kundenkreis.engage.segments.needs import Needs
from kundenkreis.engage.segments.nodes import selecting
from kundenkreis.engage.segments.nodes.selecting import Selector
from kundenkreis.engage.segments.nodes.summing import MOST_MINOR
from kundenkreis.kernel.conditions import ConditionError, Moment, Node, Reader, suggested
from kundenkreis.kernel.money import CURRENCY

PARTS = ("recency", "frequency", "monetary")
GROUPS = 5


@dataclass(frozen=True, slots=True)
class Rfm(Node):
    """Has one of the allowed scores in each part; an empty part allows all."""

    selector: Selector
    currency: str
    recency: tuple[int, ...] = ()
    frequency: tuple[int, ...] = ()
    monetary: tuple[int, ...] = ()

    def needs(self) -> Needs:
        return Needs(population=True)


def customers(node: Rfm, moment: Moment) -> QuerySet[Any, Any]:
    """Every customer (`person`) with the three values that are compared."""
    keys = Count(NullIf("key", Value("")), distinct=True) + Count("pk", filter=Q(key=""))
    amount = Q(currency=node.currency, value_minor__range=(-MOST_MINOR, MOST_MINOR))
    total = Coalesce(Sum("value_minor", filter=amount), Value(0))
    people = node.selector.rows(moment).values("person")
    found: QuerySet[Any, Any] = people.annotate(
        recency=Max("occurred_at"), frequency=keys, monetary=total
    )
    return found


class _Scored(Subquery):
    """The customers whose scores are allowed; the ORM cannot rank aggregates itself."""

    def __init__(self, rows: QuerySet[Any, Any], allowed: Mapping[str, tuple[int, ...]]) -> None:
        self._allowed = allowed
        super().__init__(rows.values("person", *PARTS))

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, Any]:
        # Once for all people, see `selecting`; SQLite does so anyway.
        once = "AS MATERIALIZED" if connection.vendor == "postgresql" else "AS"
        return super().as_sql(compiler, connection, template=_template(self._allowed, once))


def _template(allowed: Mapping[str, tuple[int, ...]], once: str) -> str:
    scores = ", ".join(
        f"1 + {GROUPS} * (RANK() OVER (ORDER BY {part}) - 1) / COUNT(*) OVER () AS {part}_score"
        for part in PARTS
    )
    wanted = " AND ".join(
        f"{part}_score IN ({', '.join(str(int(score)) for score in scores)})"
        for part, scores in allowed.items()
        if scores
    )
    # Names are ours and scores are whole numbers.
    return (
        f"(WITH scored {once} (SELECT person, {scores} FROM (%(subquery)s) AS customers)"  # noqa: S608
        f" SELECT person FROM scored WHERE {wanted or '1 = 1'})"
    )


def scores_of(node: Rfm, moment: Moment, people: Iterable[int]) -> dict[int, dict[str, int]]:
    """The scores of a few people, by counting who is worse."""
    everybody = customers(node, moment)
    n = everybody.count()
    return {
        row["person"]: {
            part: 1 + GROUPS * everybody.filter(**{f"{part}__lt": row[part]}).count() // n
            for part in PARTS
        }
        for row in everybody.filter(person__in=list(people))
    }


class RfmType:
    """Recency, frequency, monetary value."""

    kind = "rfm"
    node = Rfm
    label = gettext_lazy("RFM score (refreshed once a day)")

    def load(self, reader: Reader) -> Rfm:
        parts = [reader.integers(part, 1, GROUPS) if reader.raw(part) else () for part in PARTS]
        currency = reader.text("currency", CURRENCY)
        if len(currency) != 3 or not currency.isascii() or not currency.isupper():
            raise ConditionError(reader.at("currency"), _("Choose a currency."))
        return Rfm(selecting.load(reader), currency, *parts)

    def dump(self, node: Rfm) -> dict[str, Any]:
        data: dict[str, Any] = {**node.selector.dump(), "currency": node.currency}
        for part in PARTS:
            if allowed := getattr(node, part):
                data[part] = list(allowed)
        return data

    def holds(self, node: Rfm, facts: ProfileFacts, moment: Moment) -> bool:
        own = facts.scores.get(node)
        return own is not None and all(
            not getattr(node, part) or own[part] in getattr(node, part) for part in PARTS
        )

    def next_change(self, node: Rfm, facts: ProfileFacts, moment: Moment) -> None:
        return None  # follows the daily refresh

    def q(self, node: Rfm, moment: Moment) -> Q:
        allowed = {part: getattr(node, part) for part in PARTS}
        return Q(pk__in=_Scored(customers(node, moment), allowed))

    def pending(self, node: Rfm, moment: Moment) -> Q:
        return Q(pk__in=[])

    def say(self, node: Rfm) -> str:
        words = [
            f"{label} {', '.join(map(str, getattr(node, part)))}"
            for part, label in zip(PARTS, (_("recency"), _("frequency"), _("value")), strict=True)
            if getattr(node, part)
        ]
        scores = "; ".join(words) or _("any score")
        return _("RFM over %(what)s: %(scores)s") % {"what": node.selector.say(), "scores": scores}

    def actual(self, node: Rfm, facts: ProfileFacts, moment: Moment) -> str:
        own = facts.scores.get(node)
        return "–".join(str(own[part]) for part in PARTS) if own else _("no order")

    def inputs(self) -> list[dict[str, Any]]:
        choices = [{"value": n, "label": str(n)} for n in range(1, GROUPS + 1)]
        labels = (_("Recency"), _("Frequency"), _("Monetary value"))
        parts = [
            {"name": part, "kind": "choices", "label": label, "choices": choices, "optional": True}
            for part, label in zip(PARTS, labels, strict=True)
        ]
        currency = {"name": "currency", "kind": "text", "label": _("Currency"), "default": CURRENCY}
        return [*selecting.inputs(), {**currency, "suggestions": suggested(["EUR", "CHF"])}, *parts]
