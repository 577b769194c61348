"""What tracking does when something happens to profiles."""

from __future__ import annotations

from kundenkreis.engage.profiles.events import ProfileLinked
from kundenkreis.engage.profiles.queries import merged_into
from kundenkreis.engage.tracking import touchpoints
from kundenkreis.kernel.events import on, publish_all


@on(ProfileLinked)
def tell_the_timeline_what_happened_before(event: ProfileLinked) -> None:
    publish_all(touchpoints.before(merged_into(event.profile_id), event.link_id))
