from __future__ import annotations

from types import SimpleNamespace

import pytest

from kundenkreis.kernel.access import Level, Viewer

RIGHT = "crm.person.read"


@pytest.mark.parametrize(
    "pattern",
    [
        *("crm.person.read", "crm.person.*", "crm.*.read", "crm.*.*"),
        *("*.person.read", "*.person.*", "*.*.read", "*.*.*"),
    ],
)
def test_a_star_in_a_grant_matches_any_part(pattern: str) -> None:
    assert Viewer(name="x", grants={pattern: Level.TEAM}).level(RIGHT) is Level.TEAM


@pytest.mark.parametrize("pattern", ["crm.person.change", "engage.*.*", "*.order.*", "*", "crm.*"])
def test_other_grants_do_not_match(pattern: str) -> None:
    assert Viewer(name="x", grants={pattern: Level.ALL}).level(RIGHT) is Level.NONE


def test_the_widest_grant_counts() -> None:
    grants = {"*.person.*": Level.OWN, "crm.*.read": Level.ALL, "crm.person.read": Level.TEAM}
    assert Viewer(name="x", grants=grants).level(RIGHT) is Level.ALL


LEVELS = [Level.NONE, Level.OWN, Level.TEAM, Level.TREE, Level.ALL]


@pytest.mark.parametrize(
    ("owner", "team", "reached_from"),
    [
        (7, 99, Level.OWN),
        (8, 1, Level.TEAM),
        (8, 2, Level.TREE),
        (8, 99, Level.ALL),
        (None, None, Level.ALL),
    ],
)
def test_each_level_reaches_what_the_one_below_it_reaches_and_more(
    owner: int | None, team: int | None, reached_from: Level
) -> None:
    record = SimpleNamespace(owner_id=owner, team_id=team)
    for level in LEVELS:
        viewer = Viewer(
            name="x", user_id=7, team_ids=frozenset({1}), below=frozenset({2, 3}),
            grants={RIGHT: level},
        )  # fmt: skip
        assert viewer.covers(RIGHT, record) is (level >= reached_from)
