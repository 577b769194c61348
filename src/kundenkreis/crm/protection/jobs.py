"""What is special about forgetting requests."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kundenkreis.crm.protection.models import DataRequest
from kundenkreis.kernel import forgetting, store
from kundenkreis.kernel.sides import Side


def _settled(side: Side, before: datetime) -> QuerySet[DataRequest]:
    rows = store.stored(side, DataRequest).exclude(state=DataRequest.State.OPEN)
    return forgetting.oldest(rows, "changed_at", before)


forgetting.rule(DataRequest, due=_settled)
