"""Records that are shared with one member of staff or one team, beyond what their roles reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum

from kundenkreis.kernel import clock
from kundenkreis.kernel.models import Share
from kundenkreis.kernel.sides import Side

# Up to so many are named by their numbers, which both databases look up by the key; "or" with a
# query in it would let PostgreSQL walk through all records.
NAMED = 2_000
LEVELS = {"read": (Share.Level.READ, Share.Level.CHANGE), "change": (Share.Level.CHANGE,)}


class SharedWith:
    """What is shared with a member of staff and their teams; asked once per side, when needed."""

    def __init__(self, user_id: int, team_ids: Collection[int]) -> None:
        self._with = Q(user_id=user_id) | Q(team_id__in=team_ids)
        self._known: dict[Side, dict[tuple[str, str], set[int]] | None] = {}

    def rows(self, subject: str, action: str) -> Collection[int] | QuerySet[Any]:
        """The numbers of a type's records; a query where there are very many."""
        if action not in LEVELS:
            return ()
        side = Side(subject.partition(".")[0])
        if side not in self._known:
            self._known[side] = self._read(side)
        known = self._known[side]
        if known is None:
            found = self._all(side).filter(subject=subject, level__in=LEVELS[action])
            return found.values("row")
        return frozenset().union(*(known[subject, level] for level in LEVELS[action]))

    def among(self, subject: str, action: str, pks: Collection[int]) -> Collection[int]:
        """Which of some records are shared; one query at most."""
        rows = self.rows(subject, action)
        if isinstance(rows, QuerySet):
            return set(rows.filter(row__in=pks).values_list("row", flat=True))
        return {pk for pk in pks if pk in rows}

    def state(self, side: Side) -> str:
        """Another text whenever something of a side was shared, or is not any more."""
        writes = Count("id", filter=Q(level=Share.Level.CHANGE))
        found = self._all(side).aggregate(n=Count("id"), m=Max("id"), s=Sum("id"), w=writes)
        return repr(sorted(found.items()))

    def _all(self, side: Side) -> QuerySet[Share]:
        today = clock.today(settings.COMPANY_ZONE)
        valid = Q(until__isnull=True) | Q(until__gte=today)
        return Share.objects.using(side.alias).filter(self._with, valid)

    def _read(self, side: Side) -> dict[tuple[str, str], set[int]] | None:
        """By type and level; None where there are too many to be named."""
        found = list(self._all(side).values_list("subject", "level", "row")[: NAMED + 1])
        if len(found) > NAMED:
            return None
        known: dict[tuple[str, str], set[int]] = defaultdict(set)
        for subject, level, row in found:
            known[subject, level].add(row)
        return known
