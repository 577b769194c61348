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
    wanted = set(subjects)
    rows = _rows(wanted, channel).filter(purpose=purpose, granted=True)
    return set(rows.values_list("subject_kind", "subject")) & wanted


def may_record(subjects: Iterable[Subject], *, purpose: str, basis: str) -> set[Subject]:
    """Those of the subjects whose behaviour a source with this purpose may record.

    Where the basis is consent, only who gave it; else everybody who did not object.
    """
    wanted = set(subjects)
    if basis == Purpose.Basis.CONSENT:
        return granted(wanted, purpose, WEB)
    rows = _rows(wanted, WEB).filter(purpose=purpose, granted=False)
    return wanted - set(rows.values_list("subject_kind", "subject"))


def allowed_ids(subjects: Iterable[Subject]) -> set[Subject]:
    """Those of the subjects who agreed to be recognised on the web, for whichever purpose."""
    wanted = set(subjects)
    rows = _rows(wanted, WEB).filter(granted=True)
    return set(rows.values_list("subject_kind", "subject")) & wanted


def _rows(subjects: set[Subject], channel: str) -> QuerySet[ConsentState]:
    """States of these subjects, and maybe of a few whose kind and value only cross."""
    kinds, values = {kind for kind, _ in subjects}, {value for _, value in subjects}
    return ConsentState.objects.filter(subject_kind__in=kinds, subject__in=values, channel=channel)


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
