"""Working out what a campaign earned, and keeping the report."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.sales.models import Order
from kundenkreis.engage.campaigns.models import Campaign, Exposure, Variant
from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.uplift.outcomes import Sums, outcomes
from kundenkreis.insight.uplift.people import exposed_people, registered_people
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.fields import LANGUAGES, translated

SECONDS = 120
HISTORY_STEP = timedelta(minutes=1)


def inputs_of(campaign: Campaign) -> str:
    """A fingerprint of everything the report rests on; cheap enough to ask every few seconds."""
    last = Exposure.objects.filter(campaign_id=campaign.pk).aggregate(last=Max("id"))["last"]
    orders = Order.objects.aggregate(last=Max("id"), changed=Max("changed_at"))
    text = json.dumps([campaign.pk, campaign.version, last, orders["last"], str(orders["changed"])])
    return hashlib.sha256(text.encode()).hexdigest()


def refresh_report(*, actor: Actor, campaign: Campaign) -> UpliftReport:
    """Work the report out anew and keep it.

    The statistics run in a child process, outside any transaction; the result is written at the
    end. Raises `DomainError` when the child fails.
    """
    fingerprint = inputs_of(campaign)
    exposed = exposed_people(campaign.pk)
    window = timedelta(hours=campaign.window_hours)
    registered = (
        registered_people(exposed.people, campaign.horizon, window, clock.now())
        if campaign.horizon
        else None
    )
    found = outcomes(campaign, exposed.people if registered is None else registered)
    variants = {variant.pk: variant for variant in campaign.variants.all()}
    control = next(variant.slug for variant in variants.values() if variant.is_control)
    arms = {variant.slug: asdict(found.sums.get(pk) or Sums()) for pk, variant in variants.items()}
    result = _in_child(
        {
            "control": control,
            "weights": {variant.slug: variant.weight for variant in variants.values()},
            "arms": arms,
            "labels": {code: _labels(variants.values(), code) for code in LANGUAGES},
            "currency": campaign.currency,
            "exposed": {
                variant.slug: sum(person.variant_id == pk for person in exposed.people)
                for pk, variant in variants.items()
            },
            "fixed": registered is not None,
        }
    )
    extra = {
        "arms": arms,
        "fixed": registered is not None,
        "mixed": exposed.mixed,
        "other_currency": found.other_currency,
    }
    return keep_report(
        actor=actor, campaign_id=campaign.pk, inputs=fingerprint, result={**result, **extra}
    )


@command
def keep_report(
    *, actor: Actor, campaign_id: int, inputs: str, result: dict[str, Any]
) -> UpliftReport:
    """Keep a computed report; one a minute stays as the history of the figure."""
    actor.require("insight.experiment.compute")
    now = clock.now()
    recent = store.rows(UpliftReport).filter(campaign_id=campaign_id, at__gt=now - HISTORY_STEP)
    store.discard(recent)
    row = UpliftReport(campaign_id=campaign_id, at=now, inputs=inputs, result=result)
    return store.append(UpliftReport, [row])[0]


def _labels(variants: Iterable[Variant], language: str) -> dict[str, str]:
    """The variants' names in one language, each different from the others."""
    labels: dict[str, str] = {}
    for variant in variants:
        label = translated(variant.label, language) or variant.slug
        labels[variant.slug] = f"{label} ({variant.slug})" if label in labels.values() else label
    return labels


def _in_child(inputs: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "kundenkreis.insight.uplift.child"],
        input=json.dumps(inputs),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    if done.returncode:
        raise DomainError(
            _("The report could not be worked out."),
            done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "",
            _("It is tried again in a moment; if this stays, tell your administrator."),
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
