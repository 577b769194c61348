"""What tests of every context share: the standing cast and the sides' databases.

Anna may do everything, Ben something, Carla nothing.
"""

from __future__ import annotations

from types import MappingProxyType

from kundenkreis.kernel.access import Level, Viewer, system

CRM = ["default"]
ENGAGE = ["engage"]
BOTH = ["default", "engage"]

SYSTEM = system("test")
ANNA = Viewer(
    name="Anna", user_id=1, team_ids=frozenset({1}), grants=MappingProxyType({"*.*.*": Level.ALL})
)
BEN = Viewer(
    name="Ben",
    user_id=2,
    team_ids=frozenset({1}),
    grants=MappingProxyType(
        {"crm.*.*": Level.TEAM, "crm.*.read": Level.TEAM, "engage.*.read": Level.ALL}
    ),
)
CARLA = Viewer(name="Carla", user_id=3)
