"""What is special about forgetting people."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from kundenkreis.engage.profiles.commands import forget_profiles
from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.profiles.resolution import VISIT
from kundenkreis.kernel import forgetting, store
from kundenkreis.kernel.access import system
from kundenkreis.kernel.sides import Side

# Each takes names and memberships along; together fewer than a thousand rows.
PIECE = 20


def _not_seen(side: Side, before: datetime) -> QuerySet[Profile]:
    """People whom the crm does not know, by any of their profiles, and who did not come back."""
    rows = store.stored(side, Profile)
    linked = rows.filter(canonical_id=OuterRef("pk"), link_id__isnull=False)
    mine = rows.filter(~Exists(linked), link_id__isnull=True, canonical_id__isnull=True)
    # "Last seen" is not written anew with every event of a visit.
    return forgetting.oldest(mine, "last_seen_at", before - VISIT)


def _forget(side: Side, ids: list[int]) -> None:
    forget_profiles(actor=system("forgetting"), profile_ids=ids)


forgetting.rule(Profile, due=_not_seen, forget=_forget, piece=PIECE)
