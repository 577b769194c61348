from __future__ import annotations

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
