"""What keeps people findable when they change past the record engine."""

from __future__ import annotations

from kundenkreis.engage.profiles import finding
from kundenkreis.engage.profiles.events import ProfilesForgotten, ProfilesMerged, TraitsChanged
from kundenkreis.kernel.events import on


@on(TraitsChanged)
def find_by_what_was_said(event: TraitsChanged) -> None:
    finding.keep(event.profile_ids)


@on(ProfilesMerged)
def find_only_who_they_are(event: ProfilesMerged) -> None:
    finding.forget([event.absorbed_id])


@on(ProfilesForgotten)
def forget_who_is_forgotten(event: ProfilesForgotten) -> None:
    finding.forget(event.profile_ids)
