"""Letting somebody, or a team, work with one record beyond what their roles reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from kundenkreis.kernel import clock, recipients, store
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.models import Share
from kundenkreis.kernel.record import Record
from kundenkreis.records import directory
from kundenkreis.records.directory import Directory

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Actor, Viewer
    from kundenkreis.records.declaration import RecordType

MOST = 200  # with whom one record is shared
USER, TEAM = "user_id", "team_id"


@dataclass(frozen=True, slots=True)
class Shared:
    """With whom a record is shared, in words; `over` when its last day is past."""

    pk: int
    name: str
    team: bool
    level: str
    until: date | None
    over: bool


def may_share(kind: RecordType, viewer: Viewer, record: Any) -> bool:
    """Whoever may change a record for its owner's or team's sake may share it; not whoever may only
    because it is shared with them."""
    if not isinstance(record, Record) or not kind.may(viewer, "change"):
        return False
    return viewer.covers(kind.right("change"), record, shared=False)


def choices(kind: RecordType, viewer: Viewer, column: str) -> list[tuple[int, str]]:
    """Teams, or members of staff: a share opens nothing to whom no role lets see such records."""
    return directory.choices(column, viewer, kind.right("read"))


def shares_of(kind: RecordType, record: Any) -> list[Shared]:
    """With whom a record is shared, by name; at most 200."""
    rows = list(_shares(kind, record.pk)[:MOST])
    users, teams = _names("owner_id", rows, USER), _names("team_id", rows, TEAM)
    today = _today()
    found = [
        Shared(
            row.pk,
            teams.name("team_id", row.team_id) or users.name("owner_id", row.user_id),
            row.team_id is not None,
            row.get_level_display(),
            row.until,
            row.until is not None and row.until < today,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.team, one.name.casefold()))


def share(
    kind: RecordType,
    actor: Actor,
    pk: int,
    *,
    level: str,
    user_id: int | None = None,
    team_id: int | None = None,
    until: date | None = None,
) -> Share:
    """Share a record with a member of staff or a team; a second time replaces the first.

    Raises `NotFound`, `NotAllowed`; `DomainError` for a day that is past, or for nobody.
    """
    if until is not None and until < _today():
        raise DomainError(_("This day is past."), _("Choose today or a later day."), field="until")
    known = dict(choices(kind, actor, "team_id" if team_id else "owner_id"))
    for error in recipients.refused(kind.model, {user_id} if user_id else ()).values():
        raise DomainError(error.what, error.why, error.hint, field="whom")
    if (team_id or user_id) not in known or level not in Share.Level.values:
        raise DomainError(_("Choose one of the suggestions."), field="whom")
    with store.group(kind.side, "records.share"):
        _locked(kind, actor, pk)
        same = store.rows(Share).filter(subject=kind.subject, row=pk)
        whom: dict[str, Any] = (
            {TEAM: team_id, USER: None} if team_id else {USER: user_id, TEAM: None}
        )
        found = same.filter(**whom).first()
        if found is None:
            return store.create(
                actor, Share, subject=kind.subject, row=pk, level=level, until=until, **whom
            )
        store.change(actor, found, level=level, until=until)
        return found


def end_share(kind: RecordType, actor: Actor, pk: int, share_id: int) -> None:
    """Take a share back. Raises `NotFound`, `NotAllowed`."""
    with store.group(kind.side, "records.end_share"):
        _locked(kind, actor, pk)
        found = store.rows(Share).filter(subject=kind.subject, row=pk, pk=share_id).first()
        if found is None:
            raise NotFound
        store.remove(actor, found)


def _locked(kind: RecordType, actor: Actor, pk: int) -> None:
    kind.one(actor, pk)
    if not may_share(kind, actor, store.lock(kind.model, pk)):
        raise actor.refusal(kind.right("change"))


def _shares(kind: RecordType, pk: int) -> QuerySet[Share]:
    return store.stored(kind.side, Share).filter(subject=kind.subject, row=pk).order_by("pk")


def _names(column: str, rows: list[Share], attribute: str) -> Directory:
    """A directory that asks for all names of one column at once."""
    return Directory([_Named(column, getattr(row, attribute)) for row in rows])


class _Named:
    def __init__(self, column: str, pk: int | None) -> None:
        setattr(self, column, pk)


def _today() -> date:
    return clock.today(settings.COMPANY_ZONE)
