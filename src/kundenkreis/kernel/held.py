"""What must not leave the house, asked in one place: after a restore, and on trial.

A restored installation lets nothing leave until somebody says so, for the world may have gone on
since the backup: neither what crosses between the sides and what reacts to events, nor anything to
the outside. A new installation is on trial: it works as it will, only nothing reaches anybody
outside. Whatever sends asks `is_held`, and keeps what it would have sent; a kind that can be looked
at and thrown away is registered with `register`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kundenkreis.kernel import audit, clock
from kundenkreis.kernel.access import Actor, Viewer
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.models import Hold
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

RIGHT = "crm.operation.change"
# Whom the product writes to, and what, is for nobody who may just read what colleagues read.
READ = RIGHT
TARGET = "installation"
Why = Hold.Why


@dataclass(frozen=True, slots=True)
class Line:
    """Something that would have left: to whom, what it is about, what it says."""

    name: str
    at: datetime
    to: str
    subject: str
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is kept while nothing leaves: how many there are, the newest of them (`look` gets how
    many), and throwing all of them away, which returns how many it were."""

    name: str
    label: StrOrPromise
    count: Callable[[], int]
    look: Callable[[int], Iterable[Line]]
    discard: Callable[[], int]


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add what a sender keeps; it sends it by itself once `is_held` says no."""
    KINDS[kind.name] = kind


def hold(side: Side, *, actor: Actor, backup_at: datetime) -> None:
    """Hold what leaves a side, which was restored as of that instant."""
    with unit_of_work(side, "kernel.restore"):
        rows = Hold.objects.using(side.alias)
        rows.filter(why=Why.RESTORED, released_at=None).delete()
        rows.create(why=Why.RESTORED, at=clock.now(), backup_at=backup_at)
        audit.note(actor, "restore", TARGET, {"backup_at": [None, backup_at.isoformat()]})


def begin_trial(*, actor: Actor) -> bool:
    """Put an installation on trial that never was held; returns whether it was new."""
    began = False
    for side in Side:
        rows = Hold.objects.using(side.alias)
        if not rows.exists():
            with unit_of_work(side, "kernel.trial"):
                rows.create(why=Why.TRIAL, at=clock.now())
                audit.note(actor, "trial", TARGET, {})
            began = True
    return began


def is_held(side: Side) -> bool:
    """Whether nothing may leave the house from a side: every sender asks this."""
    return Hold.objects.using(side.alias).filter(released_at=None).exists()


def is_restored(side: Side) -> bool:
    """Whether a side also waits with what stays inside, because it was restored."""
    return Hold.objects.using(side.alias).filter(why=Why.RESTORED, released_at=None).exists()


def anywhere() -> bool:
    """Whether nothing may cross, because one of the sides was restored."""
    return any(is_restored(side) for side in Side)


def on_trial() -> bool:
    """Whether this installation tells nobody outside anything yet."""
    return Hold.objects.using(Side.CRM.alias).filter(why=Why.TRIAL, released_at=None).exists()


def held(viewer: Viewer) -> Hold | None:
    """What holds things back, a restore before the trial, for whoever may release them."""
    if not viewer.may(RIGHT):
        return None
    rows = Hold.objects.using(Side.CRM.alias).filter(released_at=None)
    return rows.order_by("why", "-id").first()


def waiting(viewer: Viewer, limit: int = 50) -> list[tuple[Kind, int, list[Line]]]:
    """What waits to leave, by kinds, each with its number and its newest."""
    viewer.require(READ)
    return [(kind, kind.count(), list(kind.look(limit))) for kind in KINDS.values()]


def release(*, actor: Actor, why: str = Why.RESTORED, discard: Collection[str] = ()) -> None:
    """Let go on both sides what was held for that reason; kinds to `discard` are thrown away first.

    Raises `NotAllowed`; `DomainError` when nothing is held for it, or there is no such kind.
    """
    actor.require(RIGHT)
    open_ = {"why": why, "released_at": None}
    if not any(Hold.objects.using(side.alias).filter(**open_).exists() for side in Side):
        raise DomainError(_("Nothing is held back."))
    for name in set(discard) - KINDS.keys():
        raise DomainError(
            _("Nothing is kept under the name “%s”.") % name,
            _("There are: %s.") % ", ".join(sorted(KINDS)),
        )
    gone = {name: [KINDS[name].discard(), 0] for name in sorted(discard)}
    # Marketing first: what the crm wants it to know is under way as soon as it may send anything.
    for side in (Side.ENGAGE, Side.CRM):
        with unit_of_work(side, "kernel.release"):
            rows = Hold.objects.using(side.alias).filter(**open_)
            if rows.update(released_at=clock.now()):
                did = "release" if why == Why.RESTORED else "go_live"
                audit.note(actor, did, TARGET, gone if side is Side.CRM else {})
