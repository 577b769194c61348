"""What is special about forgetting who was in which campaign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kundenkreis.engage.campaigns.models import Assignment, Campaign, Delivery, Exposure
from kundenkreis.kernel import forgetting, store
from kundenkreis.kernel.forgetting import Due
from kundenkreis.kernel.sides import Side


def _of_old_campaigns(model: type[Any]) -> Due:
    def due(side: Side, before: datetime) -> QuerySet[Any]:
        # By campaign, so that an index finds them: there are many rows and few campaigns.
        ended = store.stored(side, Campaign).filter(ended_at__lt=before)
        ids = list(ended.values_list("pk", flat=True))
        return store.stored(side, model).filter(campaign_id__in=ids, at__lt=before)

    return due


for model in (Assignment, Exposure, Delivery):
    forgetting.rule(model, due=_of_old_campaigns(model))
