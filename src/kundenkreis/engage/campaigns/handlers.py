"""What campaigns do when something happens elsewhere in engage."""

from __future__ import annotations

from kundenkreis.engage.campaigns.commands import refuse_undone
from kundenkreis.engage.campaigns.errors import SegmentRuns
from kundenkreis.engage.campaigns.events import OfferExposed
from kundenkreis.engage.campaigns.models import Campaign, Exposure
from kundenkreis.engage.campaigns.touchpoints import touchpoints
from kundenkreis.engage.profiles.events import ProfileLinked
from kundenkreis.engage.profiles.queries import group_ids, link_id_of
from kundenkreis.engage.segments.events import SegmentArchived
from kundenkreis.kernel import store
from kundenkreis.kernel.events import on, publish_all
from kundenkreis.records.events import PartUndone, RecordUndone


@on(SegmentArchived)
def keep_the_segments_of_running_campaigns(event: SegmentArchived) -> None:
    """Refuses: what is raised here undoes the archiving."""
    running = Campaign.objects.filter(segment_id=event.segment_id, state=Campaign.State.RUNNING)
    name = running.values_list("name", flat=True).first()
    if name is not None:
        raise SegmentRuns(name)


# Where the campaign is to be found from what an undo has changed.
_PARTS = {"engage.campaign": "pk", "engage.variant": "variants", "engage.offer": "variants__offer"}


@on(RecordUndone)
def keep_what_results_rest_on(event: RecordUndone) -> None:
    """Refuses: what is raised here undoes the undo."""
    path = _PARTS.get(event.target.partition(":")[0])
    if path is not None:
        campaign = store.rows(Campaign).get(**{path: event.record_id})
        refuse_undone(campaign_id=campaign.pk, fields=event.fields)


@on(PartUndone)
def keep_the_variants_of_what_has_started(event: PartUndone) -> None:
    """Refuses: a campaign that has started neither loses a variant nor gets one back."""
    path = _PARTS.get(event.target.partition(":")[0])
    if path is not None:
        campaign = store.rows(Campaign).get(**{path: event.record_id})
        refuse_undone(campaign_id=campaign.pk, fields=("variants",))


@on(OfferExposed)
def tell_the_timeline(event: OfferExposed) -> None:
    link_id = link_id_of(event.profile_id)
    if link_id is not None:
        row = Exposure(
            campaign_id=event.campaign_id,
            profile_id=event.profile_id,
            variant_id=event.variant_id,
            shown=event.shown,
            at=event.at,
        )
        publish_all(touchpoints([row], link_id))


@on(ProfileLinked)
def tell_the_timeline_what_was_shown_before(event: ProfileLinked) -> None:
    seen = Exposure.objects.filter(profile_id__in=group_ids(event.profile_id)).order_by("id")[:200]
    publish_all(touchpoints(seen, event.link_id))
