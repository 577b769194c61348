"""What a score decides: the same, or for somebody to look at. Names alone never merge."""

from __future__ import annotations

from collections.abc import Iterable

from kundenkreis.crm.people.duplicates.comparing import (
    COMPARISONS,
    VETOES,
    Comparison,
    Level,
    Veto,
    Way,
)
from kundenkreis.crm.people.duplicates.fields import Kind

SAME_FROM = 3.3
"""Weight in bits, the rareness of twins included: 10 to 1, a probability of 0.91."""
REVIEW_FROM = -2.0
"""1 to 4, a probability of 0.2."""


def decision(kind: Kind) -> str:
    """SQL that is 'same' or 'review' for a scored pair.

    The same needs the weight, a proof beside the names (birth date, own address, house, number) and
    no veto: a mother and a daughter share nearly everything.
    """
    return (
        f"CASE WHEN match_weight >= {SAME_FROM} AND ({proved(kind)}) AND NOT ({vetoed(kind)})"
        " THEN 'same' ELSE 'review' END"
    )


def proved(kind: Kind) -> str:
    """SQL for: they agree in something beside their names."""
    return _any(
        f"({_is(kind, comparison.key, level.key)}"
        + "".join(f" AND ({_ways(kind, group)})" for group in level.only_with)
        + ")"
        for comparison, level in _levels(kind)
        if level.proof
    )


def vetoed(kind: Kind) -> str:
    """SQL for: they contradict each other in something that hardly changes."""
    return _any(_vetoed(kind, veto) for veto in VETOES[kind])


def hidden(kind: Kind) -> str:
    """SQL for: nobody needs to look. They are of one household or house."""
    return _any(_vetoed(kind, veto) for veto in VETOES[kind] if veto.hides)


def worth_scoring(kind: Kind) -> str:
    """SQL for: not `hidden`, from the facts themselves, before anything is scored.

    Half of the pairs that share a key are of different first names; to see that takes a fraction of
    the time that scoring them does.
    """
    return " AND ".join(
        f"(CASE WHEN {_holds(kind, [veto.way])} THEN {_holds(kind, veto.unless)} ELSE true END)"
        for veto in VETOES[kind]
        if veto.hides and not veto.when
    )


def _holds(kind: Kind, ways: Iterable[Way]) -> str:
    """SQL for: one of these ways is the one in which a fact agrees, from the facts themselves."""
    found = []
    for comparison in COMPARISONS[kind]:
        wanted = [value_of(comparison, level) for key, level in ways if key == comparison.key]
        if wanted:
            cases = "".join(
                f" WHEN {level.condition} THEN {value_of(comparison, level.key)}"
                for level in comparison.levels[:-1]
            )
            found.append(
                f"(CASE WHEN {comparison.silent} THEN -1{cases} ELSE 0 END)"
                f" IN ({', '.join(map(str, wanted))})"
            )
    return f"({_any(found)})" if found else "false"


def _vetoed(kind: Kind, veto: Veto) -> str:
    met = [_is(kind, *veto.way)]
    if veto.when:
        met.append(f"({_ways(kind, veto.when)})")
    if veto.unless:
        met.append(f"NOT ({_ways(kind, veto.unless)})")
    return f"({' AND '.join(met)})"


def value_of(comparison: Comparison, level: str) -> int:
    """The number by which Splink names a level: the best one has the highest, the last one 0."""
    keys = [one.key for one in comparison.levels]
    return len(keys) - 1 - keys.index(level)


def _levels(kind: Kind) -> Iterable[tuple[Comparison, Level]]:
    return ((one, level) for one in COMPARISONS[kind] for level in one.levels)


def _ways(kind: Kind, ways: Iterable[Way]) -> str:
    return _any(_is(kind, comparison, level) for comparison, level in ways)


def _is(kind: Kind, comparison: str, level: str) -> str:
    found = next(one for one in COMPARISONS[kind] if one.key == comparison)
    return f"gamma_{comparison} = {value_of(found, level)}"


def _any(conditions: Iterable[str]) -> str:
    return " OR ".join(conditions)
