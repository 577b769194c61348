"""What people allowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from kundenkreis.engage.consent.models import ConsentEntry, ConsentState, Purpose
from kundenkreis.kernel import bulk
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
    return _holding(subjects, purpose=purpose, channel=channel, granted=True)


def may_record(subjects: Iterable[Subject], *, purpose: str, basis: str) -> set[Subject]:
    """Those of the subjects whose behaviour a source with this purpose may record.

    Where the basis is consent, only who gave it; else everybody who did not object.
    """
    if basis == Purpose.Basis.CONSENT:
        return granted(subjects, purpose, WEB)
    wanted = set(subjects)
    return wanted - _holding(wanted, purpose=purpose, channel=WEB, granted=False)


def allowed_ids(subjects: Iterable[Subject]) -> set[Subject]:
    """Those of the subjects who agreed to be recognised on the web, for whichever purpose."""
    return _holding(subjects, channel=WEB, granted=True)


def _holding(subjects: Iterable[Subject], **equal: Any) -> set[Subject]:
    """Those of the subjects with such a state; the collector asks this for every batch."""
    by_kind: dict[str, set[str]] = {}
    for kind, value in subjects:
        by_kind.setdefault(kind, set()).add(value)
    return {
        (kind, subject)
        for kind, values in by_kind.items()
        for (subject,) in bulk.select(
            ConsentState, ("subject",), among=("subject", values), subject_kind=kind, **equal
        )
    }


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
