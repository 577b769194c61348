"""What tracking does when something happens to profiles."""

from __future__ import annotations

from kundenkreis.engage.profiles.events import ProfileLinked, ProfilesMerged
from kundenkreis.engage.profiles.queries import group_ids, link_id_of
from kundenkreis.engage.tracking import touchpoints
from kundenkreis.kernel.events import on, publish_all


@on(ProfileLinked)
def tell_the_timeline_what_happened_before(event: ProfileLinked) -> None:
    publish_all(touchpoints.before(group_ids(event.profile_id), event.link_id))


@on(ProfilesMerged)
def tell_the_timeline_what_the_merged_one_did(event: ProfilesMerged) -> None:
    link_id = link_id_of(event.canonical_id)
    if link_id is not None:
        publish_all(touchpoints.before([event.absorbed_id], link_id))
