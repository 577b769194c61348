"""Consent per person: what holds for at least one of their identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from kundenkreis.engage.consent.models import ConsentState
from kundenkreis.engage.consent.queries import granted
from kundenkreis.engage.profiles.models import Identifier
from kundenkreis.engage.segments.nodes.selecting import PERSON

Pair = tuple[str, str]  # purpose, channel


def people_granted(purpose: str, channel: str) -> QuerySet[Identifier, Any]:
    """The canonical profiles of everybody whose consent holds."""
    holding = ConsentState.objects.filter(
        namespace=OuterRef("namespace"),
        subject_kind=OuterRef("kind"),
        subject=OuterRef("value"),
        purpose=purpose,
        channel=channel,
        granted=True,
    )
    return Identifier.objects.filter(Exists(holding)).annotate(person=PERSON).values("person")


def consents_of(persons: dict[int, int], pairs: Iterable[Pair]) -> dict[int, set[Pair]]:
    """Which consents hold for whom. `persons` maps each profile to its canonical one."""
    rows = Identifier.objects.filter(profile_id__in=list(persons))
    names = rows.values_list("profile_id", "namespace", "kind", "value")
    subjects = [(profile_id, (space, kind, value)) for profile_id, space, kind, value in names]
    found: dict[int, set[Pair]] = {}
    for purpose, channel in pairs:
        holding = granted((subject for _, subject in subjects), purpose, channel)
        for profile_id, subject in subjects:
            if subject in holding:
                found.setdefault(persons[profile_id], set()).add((purpose, channel))
    return found
