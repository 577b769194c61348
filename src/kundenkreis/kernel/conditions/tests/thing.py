"""A record with one column of every kind, its vocabulary, and generators for both."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from hypothesis import strategies as st

from kundenkreis.kernel import conditions as c
from kundenkreis.kernel.conditions import json_values
from kundenkreis.kernel.conditions.kinds import OPERATORS, Operand
from kundenkreis.kernel.fields import Words
from kundenkreis.kernel.money import Money

BERLIN = ZoneInfo("Europe/Berlin")
# The night the clocks go back in Berlin: a local day of 25 hours.
NOW = datetime(2026, 10, 25, 11, 30, tzinfo=UTC)


class Thing(models.Model):
    name = models.CharField(max_length=200, null=True)
    code = models.CharField(max_length=50, null=True)
    score = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="EUR")
    due = models.DateField(null=True)
    seen = models.DateTimeField(null=True)
    active = models.BooleanField(null=True)
    stage = models.CharField(max_length=20, default="", blank=True)
    owner_id = models.BigIntegerField(null=True)
    traits = models.JSONField(default=dict)
    tags = Words()

    class Meta:
        app_label = "kernel_conditions_tests"


def _money(thing: Any) -> Money | None:
    return None if thing.minor is None else Money(thing.minor, thing.currency)


def _trait(name: str, key: str, kind: c.Kind) -> c.Field:
    def read(thing: Any) -> object:
        return json_values.READ[kind](thing.traits, (key,))

    return c.Field(name, kind, key, read, json_values.SQL[kind]("traits", (key,)))


STAGES = ("new", "won", "lost")
THINGS = c.Vocabulary(
    "thing",
    fields=(
        c.column("name", c.Kind.TEXT, "Name"),
        c.column("code", c.Kind.TEXT, "Code", exact=True),
        c.column("score", c.Kind.NUMBER, "Score"),
        c.Field("amount", c.Kind.MONEY, "Amount", _money, models.F("minor"), models.F("currency")),
        c.column("due", c.Kind.DATE, "Due"),
        c.column("seen", c.Kind.DATETIME, "Last seen"),
        c.column("active", c.Kind.BOOLEAN, "Active"),
        c.column(
            "stage",
            c.Kind.CHOICE,
            "Stage",
            choices=lambda: [c.Choice(stage, stage.title()) for stage in STAGES],
        ),
        c.column("owner", c.Kind.REFERENCE, "Owner", path="owner_id"),
        c.column("tags", c.Kind.WORDS, "Tags", words=("thing", "tags")),
    ),
    families=(c.Family("trait", "Trait", json_values.KINDS, _trait),),
)

TEXTS = st.sampled_from(
    [
        "",
        " ",
        "Straße",
        "STRASSE",
        "strasse",
        "Ärger",
        "ÄRGER",
        "ärger",
        "É",
        "é",
        "Σίσυφος",
        "ΣΊΣΥΦΟΣ",
        "Привет",
        "ПРИВЕТ",
        "%",
        "_",
        "a_b",
        "100 %",
        "'",
        '"',
        "\\",
        "😀",
        "ǅ",
        "İ",
        "ẞ",
    ]
) | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
NUMBERS = st.decimals(-1000, 1000, places=2) | st.sampled_from(
    [Decimal("0.1"), Decimal(0), Decimal("9999999999999.99"), Decimal(3)]
)
INSTANTS = st.sampled_from(
    [
        NOW,
        NOW - timedelta(hours=6),
        NOW - timedelta(microseconds=1),
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
    ]
) | st.datetimes(datetime(2026, 9, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(2026, 9, 20), date(2026, 12, 1))
KEYS = ("city", "größe", "a b", "x.y")
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-50, 50)
    | st.sampled_from([2**60, 10**400, -(2**63), 1e300])
    | NUMBERS.map(float)
    | TEXTS
    | DAYS.map(str)
    | st.just("2026-02-31")
    | st.just([1])
    | st.just({"a": 1})
)


TAGS = ("VIP", "vip", "Straße", "STRASSE", "Messe 2026", "é", "%")


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def things() -> st.SearchStrategy[Thing]:
    return st.builds(
        Thing,
        name=maybe(TEXTS),
        code=maybe(TEXTS),
        score=maybe(NUMBERS),
        minor=maybe(st.integers(-5, 5) | st.just(10**15)),
        currency=st.sampled_from(["EUR", "CHF"]),
        due=maybe(DAYS),
        seen=maybe(INSTANTS),
        active=maybe(st.booleans()),
        stage=st.sampled_from(["", *STAGES]),
        owner_id=maybe(st.integers(1, 3)),
        traits=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4),
        tags=st.lists(st.sampled_from(TAGS), max_size=3),
    )


_FILLED = TEXTS.filter(lambda text: bool(text.strip()))
_MONEY = st.builds(Money, st.integers(-5, 5), st.sampled_from(["EUR", "CHF"]))
_ONE: dict[c.Kind, st.SearchStrategy[Any]] = {
    c.Kind.TEXT: _FILLED,
    c.Kind.NUMBER: NUMBERS | st.integers(-50, 50).map(Decimal),
    c.Kind.MONEY: _MONEY,
    c.Kind.DATE: DAYS,
    c.Kind.DATETIME: INSTANTS | DAYS,
    c.Kind.BOOLEAN: st.booleans(),
    c.Kind.CHOICE: st.sampled_from(STAGES),
    c.Kind.REFERENCE: st.integers(1, 3),
    c.Kind.WORDS: st.sampled_from(TAGS),
}


def operands(kind: c.Kind, operand: Operand) -> st.SearchStrategy[Any]:
    match operand:
        case Operand.NONE:
            return st.none()
        case Operand.ONE:
            return _ONE[kind]
        case Operand.MANY:
            return st.lists(_ONE[kind], min_size=1, max_size=3, unique=True).map(tuple)
        case Operand.RANGE if kind is c.Kind.MONEY:
            return st.tuples(_MONEY, st.integers(-5, 5)).map(
                lambda pair: (pair[0], Money(pair[1], pair[0].currency))
            )
        case Operand.RANGE:
            return st.tuples(_ONE[kind], _ONE[kind])
        case Operand.PERIOD:
            return st.sampled_from(list(c.Period))
    units = [unit for unit in c.Unit if kind is c.Kind.DATETIME or not unit.sliding]
    return st.builds(c.Duration, st.integers(1, 50), st.sampled_from(units))


@st.composite
def comparisons(draw: st.DrawFn) -> c.Compare:
    names = [field.name for field in THINGS.fields]
    names += [f"trait.{kind}.{key}" for kind in json_values.KINDS for key in KEYS]
    field = THINGS.field(draw(st.sampled_from(names)))
    operator = draw(st.sampled_from(OPERATORS[field.kind]))
    return c.Compare(field.name, operator.name, draw(operands(field.kind, operator.operand)))


def trees() -> st.SearchStrategy[c.Node]:
    return st.recursive(
        comparisons(),
        lambda inner: (
            st.builds(c.Not, inner)
            | st.builds(c.All, st.lists(inner, max_size=3).map(tuple))
            | st.builds(c.Any, st.lists(inner, min_size=1, max_size=3).map(tuple))
        ),
        max_leaves=5,
    )
