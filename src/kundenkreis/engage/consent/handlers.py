"""What consents do when something happens elsewhere in engage."""

from __future__ import annotations

from kundenkreis.engage.consent.events import ConsentChanged
from kundenkreis.engage.consent.queries import names_of, states
from kundenkreis.engage.profiles.events import ProfileLinked
from kundenkreis.engage.profiles.queries import merged_into
from kundenkreis.kernel.events import on, publish_all


@on(ProfileLinked)
def tell_the_crm_what_was_allowed_before(event: ProfileLinked) -> None:
    publish_all(
        ConsentChanged(
            event.link_id,
            state.subject_kind,
            state.subject,
            state.purpose,
            state.channel,
            state.granted,
            state.since,
            state.namespace,
            state.origin,
            state.confirmed_at,
        )
        for state in states(names_of(merged_into(event.profile_id)))
    )
