"""What holds, for any history in any order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.engage.consent.models import ConsentEntry
from kundenkreis.engage.consent.rule import Said, holds

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
GRANTED, WITHDRAWN = ConsentEntry.Decision.GRANTED, ConsentEntry.Decision.WITHDRAWN
OWN = {"web": ["web", "profile_centre", "double_opt_in"], "email": ["double_opt_in"]}

statements = st.builds(
    Said,
    decision=st.sampled_from([GRANTED, WITHDRAWN]),
    at=st.integers(0, 6).map(lambda minute: NOON + timedelta(minutes=minute)),
    origin=st.sampled_from(ConsentEntry.Origin.values),
)
histories = st.lists(statements, min_size=1, max_size=8)
channels = st.sampled_from(["web", "email"])


def said(decision: str, minute: int, origin: str = "web") -> Said:
    return Said(decision, NOON + timedelta(minutes=minute), origin)


@given(st.data(), histories, channels)
def test_the_order_of_arrival_is_no_matter(
    data: st.DataObject, history: list[Said], channel: str
) -> None:
    assert holds(data.draw(st.permutations(history)), channel) == holds(history, channel)


@given(histories, channels)
def test_saying_it_twice_changes_nothing(history: list[Said], channel: str) -> None:
    assert holds(history + history, channel) == holds(history, channel)


@given(histories, channels)
def test_after_an_opt_out_only_a_later_word_of_the_person_counts(
    history: list[Said], channel: str
) -> None:
    last = max((one.at for one in history if one.decision == WITHDRAWN), default=None)
    later = [
        one
        for one in history
        if one.decision == GRANTED and last and one.at > last and one.origin in OWN[channel]
    ]
    if last is not None:
        assert holds(history, channel).granted == bool(later)


@given(histories, channels, st.sampled_from(ConsentEntry.Origin.values))
def test_an_opt_out_at_the_last_moment_always_wins(
    history: list[Said], channel: str, origin: str
) -> None:
    last = max(one.at for one in history)
    assert not holds([*history, Said(WITHDRAWN, last, origin)], channel).granted


@pytest.mark.parametrize(
    ("history", "channel", "granted"),
    [
        ([said(GRANTED, 0)], "web", True),
        ([said(GRANTED, 0), said(WITHDRAWN, 1)], "web", False),
        ([said(WITHDRAWN, 0), said(GRANTED, 1)], "web", True),
        ([said(GRANTED, 0), said(WITHDRAWN, 0)], "web", False),
        ([said(WITHDRAWN, 0), said(GRANTED, 1, "import")], "web", False),
        ([said(WITHDRAWN, 0), said(GRANTED, 1, "link")], "web", False),
        ([said(GRANTED, 0, "import")], "email", True),
        ([said(GRANTED, 0, "web")], "email", False),
        ([said(WITHDRAWN, 0), said(GRANTED, 1, "web")], "email", False),
        ([said(WITHDRAWN, 0), said(GRANTED, 1, "double_opt_in")], "email", True),
    ],
)
def test_it_holds(history: list[Said], channel: str, granted: bool) -> None:
    assert holds(history, channel).granted is granted


def test_nothing_said_is_no_state() -> None:
    with pytest.raises(ValueError, match="empty"):
        holds([], "web")


@given(histories, channels)
def test_what_is_said_to_be_confirmed_is_in_the_words_of_the_person(
    history: list[Said], channel: str
) -> None:
    found = holds(history, channel)
    sure = {
        (one.at, one.origin) for one in history
        if one.decision == GRANTED and one.origin in ("double_opt_in", "profile_centre")
    }  # fmt: skip
    if found.confirmed_at is not None:
        assert found.granted
        assert (found.confirmed_at, found.origin) in sure
    assert found.origin in {one.origin for one in history}


def test_a_confirmation_counts_beside_an_older_import() -> None:
    found = holds([said(GRANTED, 0, "import"), said(GRANTED, 2, "double_opt_in")], "email")
    assert (found.since, found.origin) == (NOON, "double_opt_in")
    assert found.confirmed_at == NOON + timedelta(minutes=2)
