"""Who is looking and who is acting: a frozen value, loaded once per request.

`Grant` levels follow one scale: none < own < team < all. Rights are named
`side.type.action`, e.g. `crm.opportunity.change`; `*` in a grant matches any part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import lru_cache
from itertools import product
from types import MappingProxyType
from typing import Any

from django.db.models import Q, QuerySet

from kundenkreis.kernel.errors import NotAllowed


class Level(IntEnum):
    """How far a right reaches."""

    NONE = 0
    OWN = 1
    TEAM = 2
    ALL = 3

    @classmethod
    def named(cls, name: str) -> Level:
        return cls[name.upper()]


_NOTHING: Mapping[str, Level] = MappingProxyType({})


@lru_cache(maxsize=1024)
def _patterns(right: str) -> tuple[str, ...]:
    """Every pattern that matches a right; a page asks for dozens of rights, always the same."""
    side, kind, action = right.split(".")
    return tuple(map(".".join, product((side, "*"), (kind, "*"), (action, "*"))))


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who reads or acts.

    `user_id` is None for the product itself; `via` says through what (ui, api, import, link …);
    `grants` maps right patterns to levels.
    """

    name: str
    user_id: int | None = None
    team_ids: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()
    grants: Mapping[str, Level] = field(default_factory=lambda: _NOTHING, hash=False)
    via: str = "ui"

    @property
    def reference(self) -> str:
        """How the audit names the actor: `user:17` or `system:link`."""
        return f"user:{self.user_id}" if self.user_id is not None else f"system:{self.name}"

    def level(self, right: str) -> Level:
        """The widest level any matching grant gives."""
        return max(self.grants.get(pattern, Level.NONE) for pattern in _patterns(right))

    def may(self, right: str) -> bool:
        return self.level(right) > Level.NONE

    def require(self, right: str) -> None:
        """Raise `NotAllowed` when the right is missing altogether."""
        if not self.may(right):
            raise NotAllowed(right)

    def through(self, via: str) -> Viewer:
        return replace(self, via=via)

    def covers(self, right: str, record: Any) -> bool:
        """Whether the right reaches this record (owner and team decide)."""
        level = self.level(right)
        if level is Level.ALL:
            return True
        if level >= Level.OWN and self.user_id is not None and record.owner_id == self.user_id:
            return True
        return level is Level.TEAM and record.team_id in self.team_ids

    def require_for(self, right: str, record: Any) -> None:
        """Raise `NotAllowed` when the right does not reach this record."""
        if not self.covers(right, record):
            raise NotAllowed(right)


Actor = Viewer


def system(name: str, via: str | None = None) -> Actor:
    """The product acting by itself, e.g. the link or an import without a user."""
    return Viewer(name=name, grants=MappingProxyType({"*.*.*": Level.ALL}), via=via or name)


def visible[M: Any](viewer: Viewer, rows: QuerySet[M], right: str) -> QuerySet[M]:
    """Only the rows the viewer's right reaches; none without the right."""
    level = viewer.level(right)
    if level is Level.ALL:
        return rows
    if level is Level.NONE or viewer.user_id is None:
        return rows.none()
    own = Q(owner_id=viewer.user_id)
    return rows.filter(own | Q(team_id__in=viewer.team_ids) if level is Level.TEAM else own)
