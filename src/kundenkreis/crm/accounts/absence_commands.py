"""Absences: who is away, from when until when, and who sees to their records meanwhile."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.accounts import granting
from kundenkreis.crm.accounts.models import Absence, User
from kundenkreis.crm.accounts.queries import today
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor, Level
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError

FOR_OTHERS = "crm.absence.change"
LONGEST = 366  # days


@command
def plan_absence(
    *, actor: Actor, user_id: int, deputy_id: int, starts_on: date, ends_on: date
) -> Absence:
    """Say when somebody is away, and who works with their own records meanwhile.

    Everybody says so for themselves, and whoever may change absences for others. Raises `NotFound`,
    `NotAllowed`, `DomainError` for days that make no sense, a deputy who cannot be one, and for
    oneself as the deputy of somebody with more rights.
    """
    _require(actor, user_id)
    _check_days(user_id, starts_on, ends_on)
    deputy = store.rows(User).filter(pk=deputy_id, is_active=True).first()
    if deputy is None or deputy.pk == user_id:
        raise DomainError(
            _("Choose a colleague."),
            _("A deputy is somebody else who may log in."),
            field="deputy",
        )
    user = store.lock(User, user_id)
    if deputy.pk == actor.user_id and not granting.does_all(actor):  # who would read what is theirs
        granting.require_person(actor, user)
    return store.create(
        actor, Absence, user_id=user_id, deputy=deputy, starts_on=starts_on, ends_on=ends_on
    )


@command
def end_absence(*, actor: Actor, absence_id: int) -> None:
    """Somebody is back, or does not go: a planned absence is deleted, one that has begun ends
    yesterday. Raises `NotFound`, `NotAllowed`."""
    absence = store.lock(Absence, absence_id)
    _require(actor, absence.user_id)
    yesterday = date.fromordinal(today().toordinal() - 1)
    if absence.starts_on > yesterday:
        store.remove(actor, absence)
    elif absence.ends_on > yesterday:
        store.change(actor, absence, ends_on=yesterday)


@command
def note_return(*, actor: Actor, absence_id: int) -> Absence:
    """Note that somebody has looked at what was done for them. Raises `NotFound`, `NotAllowed`."""
    absence = store.lock(Absence, absence_id)
    if absence.user_id != actor.user_id:
        raise actor.refusal(FOR_OTHERS)
    if absence.seen_at is None:
        store.change(actor, absence, seen_at=clock.now())
    return absence


def _require(actor: Actor, user_id: int) -> None:
    if actor.user_id != user_id and actor.level(FOR_OTHERS) is not Level.ALL:
        raise actor.refusal(FOR_OTHERS)


def _check_days(user_id: int, starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise DomainError(_("The last day lies before the first one."), field="ends_on")
    if ends_on < today():
        raise DomainError(_("These days are past."), field="ends_on")
    if (ends_on - starts_on).days > LONGEST:
        raise DomainError(_("This is longer than a year."), field="ends_on")
    other = store.rows(Absence).filter(
        user_id=user_id, starts_on__lte=ends_on, ends_on__gte=starts_on
    )
    if other.exists():
        raise DomainError(
            _("Another absence lies within these days."),
            _("Nobody can have two deputies on the same day."),
            _("End or delete the other one first."),
            field="starts_on",
        )
