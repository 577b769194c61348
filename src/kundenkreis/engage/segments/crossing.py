"""Telling the crm that people it knows came into segments or left them.

A message only says of whom; what holds is read when it is applied, so repeats and old messages do
no harm.
"""

from __future__ import annotations

from collections.abc import Collection

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments.events import MembershipsChanged
from kundenkreis.kernel import bulk
from kundenkreis.kernel.events import publish_all


def tell_memberships(profile_ids: Collection[int]) -> None:
    """Tell of these people, by every id the crm knows them by; in the transaction in progress."""
    if not profile_ids:
        return
    columns = ("link_id",)
    own = bulk.select(Profile, columns, among=("id", profile_ids))
    merged = bulk.select(Profile, columns, among=("canonical_id", profile_ids))
    links = {link for (link,) in (*own, *merged) if link is not None}
    publish_all(MembershipsChanged(link) for link in sorted(links))
