"""What the child process makes of sums: which interval counts, and for which group it is said."""

from __future__ import annotations

from dataclasses import replace

from kundenkreis.insight.uplift.child import report
from kundenkreis.insight.uplift.report import Arm, Given


def arm(people: int, buyers: int) -> Arm:
    return Arm(people, buyers, buyers, buyers * 5_000, buyers * 25_000_000, buyers)


def given(*, fixed: bool, **arms: Arm) -> Given:
    names = {name: name for name in arms}
    people = {name: one.people for name, one in arms.items()}
    return Given("control", people, people, arms, {"de": names, "en": names}, "EUR", fixed)


def test_the_look_that_was_settled_has_a_narrower_interval_of_more_purchases_too() -> None:
    row = (
        report(given(fixed=True, control=arm(2000, 200), offer=arm(2000, 260))).outcomes[0].compared
    )
    assert row is not None
    assert row.relative is not None
    assert row.fixed is not None
    once, ever = row.fixed.relative, row.relative
    assert once is not None
    assert once.effect == ever.effect
    assert once.low is not None and once.high is not None  # noqa: PT018 - for the types
    assert ever.low is not None and ever.high is not None  # noqa: PT018 - for the types
    assert ever.low < once.low < once.effect < once.high < ever.high


def test_what_can_be_detected_is_said_of_the_smallest_group() -> None:
    control, large, small = arm(2000, 200), arm(2000, 260), arm(300, 30)
    two = given(fixed=False, control=control, offer=large)
    three = given(fixed=False, control=control, offer=large, b=small)
    alone, both, even = (
        report(one).detectable
        for one in (two, three, replace(three, arms={**three.arms, "b": large}))
    )
    assert alone and both and even  # noqa: PT018 - for the types
    assert alone < even < both  # two offers share the allowed error, and one of them is small
