"""Adding what was suggested, and keeping the figures of each month."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kundenkreis.crm.people.contact_commands import add_affiliation, change_contact_detail
from kundenkreis.crm.people.events import QualityMeasured
from kundenkreis.crm.people.models import (
    ContactDetail,
    Organisation,
    QualityNight,
    QualitySnapshot,
)
from kundenkreis.crm.people.quality.enriching import Suggestion, suggestions
from kundenkreis.crm.people.quality.figures import counted
from kundenkreis.crm.people.quality.issues import MODELS
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.events import publish
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import current
from kundenkreis.records import named

ENRICHED = "enriched"  # through what it was added


@command
def enrich(
    *, actor: Actor, model: type[Any], names: Collection[str]
) -> tuple[list[Suggestion], str]:
    """Add what these suggestions say, if it still holds; returns those added, and the batch
    by which all is taken back. Raises `DomainError` when one of them is refused, or nothing is left to add."""
    wanted = {one.name: one for one in suggestions(actor, model)}
    chosen = [wanted[name] for name in names if name in wanted]
    for one in chosen:
        if one.refused:
            raise DomainError(
                _("Nothing is added to “%(name)s”.") % {"name": one.record},
                _("There is something to be cleared up first: %(issue)s.") % {"issue": one.refused},
                _("Correct or merge the record, then add what is missing."),
            )
    if not chosen:
        raise DomainError(_("There is nothing to add any more."))
    by = actor.through(ENRICHED)
    for one in chosen:
        if one.enricher == "domain":
            _employ(by, one)
        else:
            _complete(by, one)
    return chosen, current().batch


def _employ(actor: Actor, one: Suggestion) -> None:
    firm = store.lock(Organisation, one.values["organisation"])
    add_affiliation(actor=actor, person=one.record, organisation=firm)


def _complete(actor: Actor, one: Suggestion) -> None:
    detail = store.lock(ContactDetail, one.values["detail"])
    parts = {name: getattr(detail, name) for name in ("street", "postal_code", "town", "country")}
    found = {name: value for name, value in one.values.items() if name in parts}
    with translation.override(settings.LANGUAGE_CODE):  # stored: it is for all who read it later
        source = _("Enrichment")
    change_contact_detail(
        actor=actor, contact_detail_id=detail.pk, value="", **parts | found, source=source
    )


def measure_night(*, actor: Actor) -> bool:
    """Keep the figures of tonight, and those of this month unless they are kept; whether these are
    new."""
    found = {str(model._meta.model_name): _figures(actor, model) for model in MODELS}
    keep_night(actor=actor, found=found)
    first = clock.today(settings.COMPANY_ZONE).replace(day=1)
    if store.stored(Side.CRM, QualitySnapshot).filter(month=first).exists():
        return False
    return keep_month(actor=actor, month=first, found=found)


@command
def keep_night(*, actor: Actor, found: dict[str, tuple[int, dict[str, int]]]) -> None:
    """Write down the figures of tonight instead of those of the night before."""
    actor.require("crm.quality.change")
    rows = [
        QualityNight(kind=kind, at=clock.now(), total=total, figures=figures)
        for kind, (total, figures) in found.items()
    ]
    store.discard(store.rows(QualityNight))
    store.append(QualityNight, rows)


@command
def keep_month(*, actor: Actor, month: date, found: dict[str, tuple[int, dict[str, int]]]) -> bool:
    """Write down the figures of a month, and say that they are there once they can be compared."""
    actor.require("crm.quality.change")
    rows = [
        QualitySnapshot(kind=kind, month=month, total=total, figures=figures)
        for kind, (total, figures) in found.items()
    ]
    store.append(QualitySnapshot, rows, ignore_conflicts=True)
    earlier = store.rows(QualitySnapshot).filter(kind="person", month__lt=month)
    last = earlier.order_by("-month").first()
    if last is not None:
        total, figures = found.get("person", (0, {}))
        before = last.figures.get("decayed", 0) / last.total if last.total else 0.0
        lost, stale = figures.get("decayed", 0), figures.get("stale", 0)
        publish(QualityMeasured(month, total, lost, stale, before))
    return True


def _figures(actor: Actor, model: type[Any]) -> tuple[int, dict[str, int]]:
    return counted(named(str(model._meta.model_name)), actor)
