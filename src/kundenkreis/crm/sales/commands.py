"""Opportunities on their way through a pipeline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.commands import enter
from kundenkreis.crm.sales import shipped
from kundenkreis.crm.sales.events import OpportunityLost, OpportunityMoved, OpportunityWon
from kundenkreis.crm.sales.models import Opportunity, Pipeline, Stage
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError, NotFound
from kundenkreis.kernel.events import publish


# The stages every installation starts with: slug, texts, kind, chance of winning in percent.
@command
def ship_pipeline(*, actor: Actor) -> Pipeline:
    """Make the pipeline every installation starts with; an existing one stays as it is."""
    actor.require("crm.pipeline.create")
    found = store.rows(Pipeline).order_by("position", "pk").first()
    return found or add_pipeline(actor=actor, slug=shipped.SALES)


@command
def add_pipeline(*, actor: Actor, slug: str) -> Pipeline:
    """Make one of the pipelines that are shipped, behind the others, unless there is one."""
    actor.require("crm.pipeline.create")
    rows = store.rows(Pipeline)
    if found := rows.filter(slug=slug).first():
        return found
    one = shipped.PIPELINES[slug]
    pipeline = store.create(actor, Pipeline, slug=slug, label=one.label, position=rows.count())
    store.create_many(
        actor,
        Stage,
        [
            {
                "pipeline": pipeline,
                "slug": name,
                "label": texts,
                "kind": kind,
                "probability": chance,
                "position": position,
            }
            for position, (name, texts, kind, chance) in enumerate(one.stages)
        ],
    )
    return pipeline


@command
def create_opportunity(*, actor: Actor, stage: Stage | None = None, **values: Any) -> Opportunity:
    """Make an opportunity, in the first open stage unless another is named.

    Raises `DomainError` when there is no pipeline yet, or the stage is a closed one.
    """
    actor.require("crm.opportunity.create")
    given = {name: value for name, value in values.items() if value is not None}
    given |= {"stage": stage} if stage else {}
    stage = stage or _first_stage()
    if stage.kind != Stage.Kind.OPEN:
        raise DomainError(
            _("A new opportunity is still open."),
            _("It is won or lost when it is moved there."),
            field="stage",
        )
    now = clock.now()
    derived = {
        "owner_id": actor.user_id,
        "opened_on": _today(),
        "stage_since": now,
        "stage": stage,
    }
    opportunity = store.create(actor, Opportunity, derived=derived, **given)
    actor.require_for("crm.opportunity.create", opportunity)
    enter(actor, opportunity, "opportunity", _payload(opportunity, stage), now)
    return opportunity


@command
def change_opportunity(
    *, actor: Actor, opportunity_id: int, version: int | None = None, **values: Any
) -> Opportunity:
    """Change an opportunity's fields; the stage changes by `move_opportunity` only.

    Raises `DomainError` for a reason of what is not lost, and what moving it raises.
    """
    opportunity = store.lock(Opportunity, opportunity_id, version=version)
    actor.require_for("crm.opportunity.change", opportunity)
    stage, reason = values.pop("stage", None), values.pop("lost_reason", None)
    to = stage or opportunity.stage
    if reason and to.kind != Stage.Kind.LOST:
        raise DomainError(
            _("Only what was lost has a reason for it."),
            hint=_("Leave the reason empty, or move it to “lost”."),
            field="lost_reason",
        )
    moved = to.pk != opportunity.stage_id
    if reason is not None and to.kind == Stage.Kind.LOST and not moved:
        _check(to, to, reason)
        values["lost_reason"] = reason.strip()
    store.change(actor, opportunity, **values)
    if moved:
        return move_opportunity(
            actor=actor, opportunity_id=opportunity_id, stage_id=to.pk, lost_reason=reason or ""
        )
    return opportunity


@command
def move_opportunity(
    *, actor: Actor, opportunity_id: int, stage_id: int, lost_reason: str = ""
) -> Opportunity:
    """Move an opportunity to another stage of its pipeline; winning and losing close it.

    Raises `NotFound`, `NotAllowed`, and `DomainError` for the field `lost_reason` when it is lost
    without a reason, or for `stage` when that belongs to another pipeline.
    """
    opportunity = store.lock(Opportunity, opportunity_id)
    actor.require_for("crm.opportunity.change", opportunity)
    before, stage = opportunity.stage, store.rows(Stage).filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    if stage.pk == before.pk:
        return opportunity
    _check(before, stage, lost_reason)
    now = clock.now()
    lost, closed = stage.kind == Stage.Kind.LOST, stage.kind != Stage.Kind.OPEN
    store.change(
        actor,
        opportunity,
        derived={
            "stage_since": now,
            "closed_on": _today() if closed else None,
            "lost_reason": "",
        },
        stage=stage,
        **({"lost_reason": lost_reason.strip()} if lost else {}),
    )
    _tell(actor, opportunity, before, stage, now)
    return opportunity


def _check(before: Stage, stage: Stage, lost_reason: str) -> None:
    if stage.pipeline_id != before.pipeline_id:
        raise DomainError(_("This stage belongs to another pipeline."), field="stage")
    if stage.kind == Stage.Kind.LOST and not lost_reason.strip():
        raise DomainError(
            _("Why was it lost?"),
            _("The reason shows later what to change."),
            _("Enter a reason, for instance the price or a competitor."),
            field="lost_reason",
        )


def _tell(
    actor: Actor, opportunity: Opportunity, before: Stage, stage: Stage, now: datetime
) -> None:
    publish(OpportunityMoved(opportunity.pk, before.pk, stage.pk, now))
    payload = _payload(opportunity, stage) | {"before": before.label}
    kind = {Stage.Kind.WON: "opportunity_won", Stage.Kind.LOST: "opportunity_lost"}.get(
        Stage.Kind(stage.kind), "opportunity_moved"
    )
    enter(actor, opportunity, kind, payload, now)
    closed_on = opportunity.closed_on
    if closed_on is None:
        return
    if stage.kind == Stage.Kind.WON:
        value, currency = opportunity.value_minor, opportunity.currency
        publish(OpportunityWon(opportunity.pk, closed_on, value, currency))
    else:
        publish(OpportunityLost(opportunity.pk, closed_on, opportunity.lost_reason))


def _payload(opportunity: Opportunity, stage: Stage) -> dict[str, Any]:
    return {
        "title": opportunity.title,
        "value_minor": opportunity.value_minor,
        "currency": opportunity.currency,
        "stage": stage.label,
        "reason": opportunity.lost_reason,
    }


def _first_stage() -> Stage:
    stages = store.rows(Stage).filter(kind=Stage.Kind.OPEN)
    first = stages.order_by("pipeline__position", "pipeline_id", "position").first()
    if first is None:
        raise DomainError(
            _("There is no pipeline yet."),
            _("An opportunity needs a stage to be in."),
            _("Ask your administrator to set up a pipeline."),
            field="stage",
        )
    return first


def _today() -> date:
    return clock.today(settings.COMPANY_ZONE)
