"""The sums a report is made of, read from both stores."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.campaigns.variants import names_of
from kundenkreis.insight.uplift.inputs import common_inputs, inputs_of
from kundenkreis.insight.uplift.outcomes import Sums, outcomes
from kundenkreis.insight.uplift.people import exposed_people, registered_look
from kundenkreis.insight.uplift.report import Arm, Counted, Given
from kundenkreis.kernel import clock
from kundenkreis.kernel.fields import LANGUAGES


@dataclass(frozen=True, slots=True)
class Draft:
    """A report before the statistics: what the child process is `given`, and what was `counted`.

    `inputs` is the fingerprint from before the first row was read: what changed meanwhile makes
    the report stale.
    """

    campaign_id: int
    inputs: str
    given: Given
    counted: Counted


def draft_report(campaign: Campaign) -> Draft:
    """Sum up what the people of each variant did, as known now."""
    now, inputs = clock.now(), inputs_of(campaign, common_inputs())
    exposed = exposed_people(campaign.pk)
    look = registered_look(exposed.people, campaign) if campaign.horizon else None
    fixed = look is not None and look.due_at <= now
    found = outcomes(campaign, look.people if look and fixed else exposed.people)
    variants = {variant.pk: variant for variant in campaign.variants.all()}
    arms = {
        variant.slug: Arm(**asdict(found.sums.get(pk) or Sums()))
        for pk, variant in variants.items()
    }
    given = Given(
        control=next(variant.slug for variant in variants.values() if variant.is_control),
        weights={variant.slug: variant.weight for variant in variants.values()},
        exposed={
            variant.slug: sum(person.variant_id == pk for person in exposed.people)
            for pk, variant in variants.items()
        },
        arms=arms,
        labels={code: names_of(variants.values(), code) for code in LANGUAGES},
        currency=campaign.currency,
        fixed=fixed,
    )
    counted = Counted(
        arms=arms,
        fixed=fixed,
        due_at=look.due_at if look and not fixed else None,
        mixed=exposed.mixed,
        other_currency=found.other_currency,
    )
    return Draft(campaign.pk, inputs, given, counted)
