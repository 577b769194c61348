"""What is special about forgetting consents."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from kundenkreis.engage.consent.commands import forget_statements
from kundenkreis.engage.consent.models import ConsentEntry
from kundenkreis.engage.profiles.models import Identifier
from kundenkreis.kernel import forgetting, store
from kundenkreis.kernel.access import system
from kundenkreis.kernel.sides import Side

_KEY = ("namespace", "subject_kind", "subject", "purpose", "channel")


def _proven_long_enough(side: Side, before: datetime) -> QuerySet[ConsentEntry]:
    """What was said of a cookie that nobody has any more, and long since said nothing about."""
    entries = store.stored(side, ConsentEntry)
    used = store.stored(side, Identifier).filter(
        namespace=OuterRef("namespace"), kind=OuterRef("subject_kind"), value=OuterRef("subject")
    )
    later = entries.filter(**{name: OuterRef(name) for name in _KEY}, recorded_at__gte=before)
    cookies = entries.filter(subject_kind=Identifier.Kind.ANONYMOUS)
    return forgetting.oldest(cookies.filter(~Exists(used), ~Exists(later)), "recorded_at", before)


def _forget(side: Side, ids: list[int]) -> None:
    forget_statements(actor=system("forgetting"), entry_ids=ids)


forgetting.rule(ConsentEntry, due=_proven_long_enough, forget=_forget, piece=500)
