"""What makes segments look at people again, besides events of the log and time."""

from __future__ import annotations

from kundenkreis.engage.consent.events import ConsentChanged
from kundenkreis.engage.profiles.events import (
    FactsReceived,
    ProfileLinked,
    ProfilesForgotten,
    ProfilesIdentified,
    ProfilesMerged,
    TraitsChanged,
)
from kundenkreis.engage.profiles.models import Identifier
from kundenkreis.engage.segments.commands import (
    drop_profiles,
    recheck_profiles,
    settle_undone,
)
from kundenkreis.engage.segments.crossing import tell_memberships
from kundenkreis.engage.segments.events import MembershipsChanged, SegmentRenamed
from kundenkreis.engage.segments.models import Recheck
from kundenkreis.engage.tracking.events import EventsForgotten
from kundenkreis.kernel import bulk
from kundenkreis.kernel.events import on, publish
from kundenkreis.records.events import RecordUndone


@on(ProfilesMerged)
def look_at_both(event: ProfilesMerged) -> None:
    """The absorbed profile leaves its segments; the person may be in others now."""
    both = [event.absorbed_id, event.canonical_id]
    recheck_profiles(profile_ids=both, cause=Recheck.Cause.ALL)


@on(ProfilesIdentified)
def look_at_new_people(event: ProfilesIdentified) -> None:
    """Who has done nothing yet may be in a segment, too: in one that asks for just that."""
    recheck_profiles(profile_ids=list(event.profile_ids), cause=Recheck.Cause.ALL)
    tell_memberships(event.profile_ids)


@on(ConsentChanged)
def look_at_consent(event: ConsentChanged) -> None:
    """Segments that ask for consent look at everybody with this identifier."""
    named = bulk.select(
        Identifier, ("profile_id",), among=("value", [event.subject]),
        namespace=event.namespace, kind=event.subject_kind,
    )  # fmt: skip
    if named:
        ids = [profile_id for (profile_id,) in named]
        recheck_profiles(profile_ids=ids, cause=Recheck.Cause.CONSENT)


@on(FactsReceived)
def look_at_facts(event: FactsReceived) -> None:
    """Segments that compare facts of the crm look at these people."""
    recheck_profiles(profile_ids=list(event.profile_ids), cause=Recheck.Cause.PROFILE)


@on(TraitsChanged)
def look_at_traits(event: TraitsChanged) -> None:
    """Segments that ask for traits look at these people."""
    recheck_profiles(profile_ids=list(event.profile_ids), cause=Recheck.Cause.PROFILE)


@on(ProfileLinked)
def look_at_link(event: ProfileLinked) -> None:
    """Segments that ask whether the crm knows somebody look at this person."""
    recheck_profiles(profile_ids=[event.profile_id], cause=Recheck.Cause.PROFILE)
    publish(MembershipsChanged(event.link_id))


@on(EventsForgotten)
def look_at_who_did_less(event: EventsForgotten) -> None:
    """Segments that count what somebody ever did count less now."""
    recheck_profiles(profile_ids=list(event.profile_ids), cause=Recheck.Cause.ALL)


@on(ProfilesForgotten)
def forget_who_is_forgotten(event: ProfilesForgotten) -> None:
    drop_profiles(profile_ids=list(event.profile_ids))


@on(RecordUndone)
def follow_what_was_undone(event: RecordUndone) -> None:
    """Members belong to the definition and state that a segment has now."""
    if not event.target.startswith("engage.segment:"):
        return
    if {"definition", "state"} & {*event.fields}:
        settle_undone(segment_id=event.record_id, fields=event.fields)
    if "name" in event.fields:
        publish(SegmentRenamed(event.record_id))
