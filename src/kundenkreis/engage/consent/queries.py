"""What people allowed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from kundenkreis.engage.consent.models import ConsentEntry, ConsentState, Purpose
from kundenkreis.kernel.access import Viewer, visible

WEB = "web"
EMAIL = "email"

Subject = tuple[str, str]  # kind (anonymous, user, email, phone), value


def purposes(viewer: Viewer) -> QuerySet[Purpose]:
    """Purposes by their short name."""
    return visible(viewer, Purpose.objects.order_by("slug"), "engage.purpose.read")


def basis_of(slugs: Iterable[str]) -> dict[str, str]:
    """The legal basis of each purpose that exists."""
    return dict(Purpose.objects.filter(slug__in=set(slugs)).values_list("slug", "basis"))


def granted(subjects: Iterable[Subject], purpose: str, channel: str) -> set[Subject]:
    """Those of the subjects whose consent for this purpose and channel holds now."""
    wanted: dict[str, set[str]] = {}
    for kind, value in subjects:
        wanted.setdefault(kind, set()).add(value)
    found: set[Subject] = set()
    for kind, values in wanted.items():
        rows = ConsentState.objects.filter(
            subject_kind=kind, subject__in=values, purpose=purpose, channel=channel, granted=True
        )
        found.update((kind, value) for value in rows.values_list("subject", flat=True))
    return found


def ledger(viewer: Viewer, subjects: Iterable[Subject], limit: int = 200) -> list[ConsentEntry]:
    """What these subjects ever stated, newest first, at most `limit`."""
    viewer.require("engage.consent.read")
    rows: list[ConsentEntry] = []
    for kind, value in subjects:
        entries = ConsentEntry.objects.filter(subject_kind=kind, subject=value)
        rows += entries.order_by("-at", "-id")[:limit]
    return sorted(rows, key=lambda row: (row.at, row.pk), reverse=True)[:limit]


def states(subjects: Iterable[Subject], limit: int = 200) -> list[ConsentState]:
    """What holds now for these subjects, at most `limit` rows."""
    rows: list[ConsentState] = []
    for kind, value in subjects:
        rows += ConsentState.objects.filter(subject_kind=kind, subject=value).order_by("id")[:limit]
    return rows[:limit]
