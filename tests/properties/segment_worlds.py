"""Random worlds of people and events, random definitions, and the two ways to answer them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from kundenkreis.engage.consent.models import ConsentState
from kundenkreis.engage.profiles.models import Identifier, Profile
from kundenkreis.engage.segments.definitions import PEOPLE
from kundenkreis.engage.segments.evaluating import moment_of
from kundenkreis.engage.segments.loading import load, load_scores
from kundenkreis.engage.segments.models import Membership, Recheck, Segment, Timer
from kundenkreis.engage.segments.needs import needs_of
from kundenkreis.engage.segments.nodes.consent import HasConsent
from kundenkreis.engage.segments.nodes.counting import NotPerformed, Performed
from kundenkreis.engage.segments.nodes.last import LastPerformed
from kundenkreis.engage.segments.nodes.membership import InSegment
from kundenkreis.engage.segments.nodes.rfm import Rfm
from kundenkreis.engage.segments.nodes.selecting import Selector
from kundenkreis.engage.segments.nodes.sequence import Sequence
from kundenkreis.engage.segments.nodes.summing import SumOf
from kundenkreis.engage.segments.people import everybody, people
from kundenkreis.engage.tracking.models import Event
from kundenkreis.kernel import conditions as c
from kundenkreis.kernel import store
from kundenkreis.kernel.conditions.memory import evaluate
from kundenkreis.kernel.models import Cursor
from kundenkreis.kernel.money import Money
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import SYSTEM

# The day the clocks go back in Berlin has 25 hours.
NOW = datetime(2026, 10, 25, 11, 30, tzinfo=UTC)
TYPES = ("Product Added", "Order Completed", "Page Viewed")
CARTS = ("", "a", "b", 7, None, "7", True)


@dataclass
class World:
    """Profiles 0…n-1 by position; `merged` maps positions to the position they turned out to be."""

    traits: list[dict[str, Any]]
    merged: dict[int, int] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    consents: list[tuple[int, str, bool]] = field(default_factory=list)
    members: list[int] = field(default_factory=list)


MINUTES = st.sampled_from(
    [0, 1, 359, 360, 361, 60 * 24 - 1, 60 * 24, 60 * 25, -1, -30, 60 * 24 * 60, 60 * 24 * 60 + 1]
) | st.integers(-120, 60 * 24 * 62)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "cart_id": st.sampled_from(CARTS),
        "quantity": st.sampled_from([1, 2, 0.5, 0.005, 1.005, -1, 2.675, "3", 1e12, None]),
        "category": st.sampled_from(["Straße", "STRASSE", "x", ""]),
    },
)


def events(people: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "who": st.integers(0, people - 1),
            "type": st.sampled_from(TYPES),
            "key": st.sampled_from(["", "a", "b", "7"]),
            "occurred_at": MINUTES.map(lambda ago: NOW - timedelta(minutes=ago)),
            "value_minor": st.sampled_from([None, 0, 100, 250, -100, 10**14]),
            "currency": st.sampled_from(["EUR", "CHF", ""]),
            "properties": PROPERTIES,
        }
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    n = draw(st.integers(1, 4))
    trait = st.fixed_dictionaries({}, optional={"city": st.sampled_from(["Köln", "KÖLN", 3])})
    merged: dict[int, int] = {}
    for absorbed in draw(st.sets(st.integers(1, n - 1), max_size=2) if n > 1 else st.just(set())):
        merged[absorbed] = 0
    someone = st.integers(0, n - 1)
    return World(
        draw(st.lists(trait, min_size=n, max_size=n)),
        merged,
        draw(st.lists(events(n), max_size=12)),
        draw(
            st.lists(
                st.tuples(someone, st.sampled_from(["web", "email"]), st.booleans()), max_size=3
            )
        ),
        draw(st.lists(someone, max_size=2, unique=True)),
    )


def built(world: World) -> list[int]:
    """Put the world into the database, replacing what is there; returns the profiles' ids."""
    with store.group(Side.ENGAGE):
        for model in (
            Membership,
            Timer,
            Recheck,
            Segment,
            ConsentState,
            Identifier,
            Event,
            Profile,
        ):
            store.discard(model.objects.all())
        store.discard(Cursor.objects.all())
        made = store.create_many(
            SYSTEM,
            Profile,
            [{"traits": traits, "created_at": NOW - timedelta(days=9)} for traits in world.traits],
        )
        ids = [profile.pk for profile in made]
        for absorbed, into in world.merged.items():
            store.change(SYSTEM, made[absorbed], canonical_id=ids[into])
        append_events(ids, world.events)
        name = [f"cookie-{pk}" for pk in ids]
        store.append(
            Identifier,
            [
                Identifier(profile_id=pk, kind="anonymous", value=value, first_seen_at=NOW)
                for pk, value in zip(ids, name, strict=True)
            ],
        )
        states = {(who, channel): granted for who, channel, granted in world.consents}
        store.append(
            ConsentState,
            [
                ConsentState(
                    subject_kind="anonymous",
                    subject=name[who],
                    purpose="offers",
                    channel=channel,
                    granted=granted,
                    since=NOW,
                )
                for (who, channel), granted in states.items()
            ],
        )
        store.append(
            Membership,
            [
                Membership(segment_id=900, profile_id=ids[who], entered_at=NOW)
                for who in world.members
            ],
        )
    return ids


def append_events(ids: list[int], rows: list[dict[str, Any]]) -> None:
    """Write events to the log, in the given order."""
    store.append(
        Event,
        [
            Event(
                source_id=1,
                message_id=str(at),
                profile_id=ids[row["who"]],
                received_at=NOW,
                **{key: value for key, value in row.items() if key != "who"},
            )
            for at, row in enumerate(rows)
        ],
    )


DURATIONS = st.sampled_from(
    [
        c.Duration(6, c.Unit.HOURS),
        c.Duration(1, c.Unit.DAYS),
        c.Duration(60, c.Unit.DAYS),
        c.Duration(1, c.Unit.CALENDAR_DAYS),
        c.Duration(2, c.Unit.CALENDAR_WEEKS),
        c.Duration(1, c.Unit.CALENDAR_MONTHS),
    ]
)
WHERES = st.sampled_from(
    [
        c.Compare("key", "is", "a"),
        c.Compare("value", "gte", Money(100, "EUR")),
        c.Not(c.Compare("value", "lt", Money(200, "EUR"))),
        c.Compare("property.text.category", "is", "strasse"),
        c.Not(c.Compare("property.number.quantity", "gt", Decimal(1))),
    ]
)
TYPE = st.sampled_from(TYPES)
SELECTORS = st.builds(Selector, TYPE, st.none() | DURATIONS, st.none() | WHERES)
ENDLESS = st.builds(Selector, TYPE, st.none(), st.none() | WHERES)
KEYS = st.sampled_from(["key", "property.cart_id", "any"])
SCORES = st.sets(st.integers(1, 5), max_size=3).map(lambda scores: tuple(sorted(scores)))
COMPARISONS = st.sampled_from(
    [
        c.Compare("trait.text.city", "is", "köln"),
        c.Compare("trait.number.city", "not_empty"),
        c.Compare("created_at", "within_last", c.Duration(10, c.Unit.DAYS)),
        c.Compare("known", "is", value=True),
        c.Compare("linked", "is", value=False),
    ]
)
FOLLOWED = (
    st.builds(Performed, SELECTORS, st.just("gte"), st.integers(1, 3), st.booleans())
    | st.builds(
        Performed, SELECTORS, st.sampled_from(["lte", "is"]), st.integers(0, 2), st.booleans()
    )
    | st.builds(NotPerformed, SELECTORS)
    | st.builds(Sequence, SELECTORS, ENDLESS, KEYS, KEYS)
    | st.builds(LastPerformed, ENDLESS, st.sampled_from(["before_ago", "within_last"]), DURATIONS)
    | st.builds(
        SumOf,
        SELECTORS,
        st.just("value"),
        st.sampled_from(["lt", "lte", "gt", "gte"]),
        st.sampled_from([Money(0, "EUR"), Money(100, "EUR"), Money(350, "EUR")]),
    )
    | st.builds(
        SumOf,
        SELECTORS,
        st.just("quantity"),
        st.sampled_from(["lt", "lte", "gt", "gte"]),
        st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(1), Decimal("2.68")]),
    )
    | COMPARISONS
    | st.builds(HasConsent, st.just("offers"), st.sampled_from(["web", "email"]))
)
LEAVES = (
    FOLLOWED
    | st.builds(Rfm, SELECTORS, st.just("EUR"), SCORES, SCORES, SCORES)
    | st.just(InSegment(900))
)


def trees(leaves: st.SearchStrategy[c.Node] = LEAVES) -> st.SearchStrategy[c.Node]:
    return st.recursive(
        leaves,
        lambda inner: (
            st.builds(c.Not, inner)
            | st.builds(c.All, st.lists(inner, max_size=3).map(tuple))
            | st.builds(c.Any, st.lists(inner, min_size=1, max_size=3).map(tuple))
        ),
        max_leaves=4,
    )


def in_sql(tree: c.Node, now: datetime) -> set[int]:
    return set(people(tree, moment_of(now)).values_list("pk", flat=True))


def in_memory(tree: c.Node, now: datetime) -> dict[int, tuple[bool, datetime | None]]:
    """The answer about everybody, and when time may change it."""
    moment = moment_of(now)
    found = load(everybody().values_list("pk", flat=True), needs_of(tree), moment)
    load_scores(tree, found, moment)
    return {pk: evaluate(tree, PEOPLE, facts, moment) for pk, facts in found.items()}


# --- what happens in a world as time goes on -------------------------------------------------

STEPS = st.sampled_from([0, 1, 29, 59, 60, 359, 360, 60 * 24, 60 * 24 * 31, 60 * 24 * 60]) | (
    st.integers(0, 60 * 24 * 70)
)
PEOPLE_HERE = 4


def actions() -> st.SearchStrategy[tuple[str, Any]]:
    someone = st.integers(0, PEOPLE_HERE - 1)
    return st.one_of(
        st.tuples(st.just("events"), st.lists(events(PEOPLE_HERE), min_size=1, max_size=6)),
        st.tuples(st.just("time"), STEPS),
        st.tuples(st.just("join"), st.sampled_from([{}, {"city": "Köln"}])),
        st.tuples(st.just("timer"), st.none()),
        st.tuples(st.just("merge"), st.tuples(someone, someone)),
        st.tuples(st.just("consent"), st.tuples(someone, st.booleans())),
        st.tuples(st.just("trait"), st.tuples(someone, st.sampled_from(["Köln", "Ulm", 3]))),
        st.tuples(st.just("define"), trees(FOLLOWED)),
    )
