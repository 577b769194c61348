"""Writing another system's sales data: staff first, then companies and products, then sales.

Everything is found again by its name (opportunities by the other system's number), so a second
run changes nothing. Each step is one transaction, opportunities 500 at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.text import slugify

from kundenkreis.crm.accounts.commands import create_team, create_user
from kundenkreis.crm.accounts.models import Team, User
from kundenkreis.crm.people.models import Organisation
from kundenkreis.crm.people.timeline import NewEntry, add_timeline_entries
from kundenkreis.crm.sales.models import Opportunity, Pipeline, Product, Stage
from kundenkreis.integrations.crm.pipeline.mapping import PipelineMapping
from kundenkreis.integrations.crm.pipeline.reading import OpportunityRow, Sales
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.record import reference

CHUNK = 500


@dataclass(slots=True)
class Report:
    """How many of each were new; `different` opportunities are known with another stage or value."""

    teams: int = 0
    users: int = 0
    organisations: int = 0
    products: int = 0
    opportunities: int = 0
    known: int = 0
    different: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    """What opportunities refer to, by the names they use."""

    owners: dict[str, tuple[int, int]]
    organisations: dict[str, Organisation]
    products: dict[str, Product]
    stages: dict[str, Stage]


def import_sales(*, actor: Actor, sales: Sales, mapping: PipelineMapping) -> Report:
    """Write what is new. The staff named cannot log in until an administrator lets them in."""
    report = Report()
    found = _Found(
        owners=import_owners(actor=actor, sales=sales, mapping=mapping, report=report),
        organisations=import_organisations(
            actor=actor, sales=sales, mapping=mapping, report=report
        ),
        products=import_products(actor=actor, sales=sales, mapping=mapping, report=report),
        stages=import_stages(actor=actor, mapping=mapping),
    )
    for at in range(0, len(sales.opportunities), CHUNK):
        rows = sales.opportunities[at : at + CHUNK]
        _import_opportunities(actor=actor, rows=rows, mapping=mapping, found=found, report=report)
    return report


@command
def import_owners(
    *, actor: Actor, sales: Sales, mapping: PipelineMapping, report: Report
) -> dict[str, tuple[int, int]]:
    """Staff as users who may not log in, in a team per manager within its office."""
    known = set(store.rows(Team).values_list("name", flat=True))
    owners: dict[str, tuple[int, int]] = {}
    for row in sales.owners:
        office = create_team(actor=actor, name=row.office)
        team = create_team(actor=actor, name=f"{row.office}: {row.manager}", parent=office)
        for name in (row.manager, row.name):
            owners[name] = (_user(actor, name, team, mapping, report), team.pk)
    now = set(store.rows(Team).values_list("name", flat=True))
    report.teams = len(now - known)
    return owners


@command
def import_organisations(
    *, actor: Actor, sales: Sales, mapping: PipelineMapping, report: Report
) -> dict[str, Organisation]:
    """Companies by name within the source; first all of them, then who belongs to whom."""
    actor.require("crm.organisation.create")
    rows = store.rows(Organisation).filter(source=mapping.source)
    known = {organisation.name: organisation for organisation in rows}
    new = [row for row in sales.organisations if row.name not in known]
    values = [
        {
            "name": row.name,
            "industry": row.industry,
            "founded": row.founded,
            "revenue_minor": row.revenue_minor,
            "currency": mapping.currency,
            "employees": row.employees,
            "country": row.country,
            "source": mapping.source,
        }
        for row in new
    ]
    made = store.create_many(actor, Organisation, values)
    known |= {organisation.name: organisation for organisation in made}
    for row in new:
        if row.parent in known and row.parent != row.name:
            store.change(actor, known[row.name], parent=known[row.parent])
    report.organisations = len(new)
    return known


@command
def import_products(
    *, actor: Actor, sales: Sales, mapping: PipelineMapping, report: Report
) -> dict[str, Product]:
    """Products by article number, which is made of the name."""
    actor.require("crm.product.create")
    numbers = {row.name: slugify(row.name) or row.name for row in sales.products}
    rows = store.rows(Product).filter(source="", sku__in=numbers.values())
    known = {product.sku: product for product in rows}
    values = [
        {
            "sku": numbers[row.name],
            "name": row.name,
            "series": row.series,
            "price": row.price,
            "currency": mapping.currency,
        }
        for row in sales.products
        if numbers[row.name] not in known
    ]
    made = store.create_many(actor, Product, values)
    known |= {product.sku: product for product in made}
    report.products = len(made)
    return {name: known[number] for name, number in numbers.items()}


@command
def import_stages(*, actor: Actor, mapping: PipelineMapping) -> dict[str, Stage]:
    """A pipeline of their own, so that the company's own stages keep their meaning."""
    actor.require("crm.pipeline.create")
    slug = slugify(mapping.source)[:50]
    pipeline = store.rows(Pipeline).filter(slug=slug).first() or store.create(
        actor, Pipeline, slug=slug, label=dict(mapping.pipeline), position=1
    )
    known = {stage.slug: stage for stage in store.rows(Stage).filter(pipeline=pipeline)}
    for position, stage in enumerate(mapping.stages):
        if stage.slug not in known:
            known[stage.slug] = store.create(
                actor,
                Stage,
                pipeline=pipeline,
                slug=stage.slug,
                label={"de": stage.de, "en": stage.en},
                kind=stage.kind,
                probability=stage.probability,
                position=position,
            )
    return {stage.name: known[stage.slug] for stage in mapping.stages}


@command
def _import_opportunities(
    *,
    actor: Actor,
    rows: Sequence[OpportunityRow],
    mapping: PipelineMapping,
    found: _Found,
    report: Report,
) -> None:
    actor.require("crm.opportunity.create")
    ids = {row.number: f"{mapping.source}:{row.number}" for row in rows}
    held = store.rows(Opportunity).filter(external_id__in=ids.values())
    known = {opportunity.external_id: opportunity for opportunity in held}
    new = []
    for row in rows:
        opportunity = known.get(ids[row.number])
        if opportunity is None:
            new.append(row)
        elif (opportunity.stage_id, opportunity.value_minor) == (
            found.stages[row.stage].pk,
            row.value_minor,
        ):
            report.known += 1
        else:
            report.different.append(row.number)
    values = [_values(row, ids[row.number], mapping, found) for row in new]
    made = store.create_many(actor, Opportunity, values)
    entries = [entry for one in made if (entry := _closed(actor, one, found)) is not None]
    add_timeline_entries(actor=actor, entries=entries)
    report.opportunities += len(made)


def _values(
    row: OpportunityRow, external_id: str, mapping: PipelineMapping, found: _Found
) -> dict[str, Any]:
    owner_id, team_id = found.owners.get(row.owner, (None, None))
    product, organisation = (
        found.products.get(row.product),
        found.organisations.get(row.organisation),
    )
    since = row.closed_on or row.opened_on
    return {
        "title": " – ".join(filter(None, [row.product, row.organisation])) or row.number,
        "organisation": organisation,
        "product": product,
        "stage": found.stages[row.stage],
        "value_minor": row.value_minor,
        "currency": mapping.currency,
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "stage_since": _start(since) if since else clock.now(),
        "source": mapping.source,
        "external_id": external_id,
        "owner_id": owner_id,
        "team_id": team_id,
    }


def _closed(actor: Actor, opportunity: Opportunity, found: _Found) -> NewEntry | None:
    """The step on the organisation's timeline that a closed opportunity was."""
    stage = next(stage for stage in found.stages.values() if stage.pk == opportunity.stage_id)
    if opportunity.organisation_id is None or opportunity.closed_on is None:
        return None
    kind = "opportunity_won" if stage.kind == Stage.Kind.WON else "opportunity_lost"
    return NewEntry(
        kind=kind,
        at=_start(opportunity.closed_on),
        key=f"{kind}|{reference(opportunity)}|import",
        organisation_id=opportunity.organisation_id,
        reference=reference(opportunity),
        payload={
            "title": opportunity.title,
            "value_minor": opportunity.value_minor,
            "currency": opportunity.currency,
            "stage": stage.label,
            "reason": "",
            "by": actor.name,
        },
    )


def _user(actor: Actor, name: str, team: Team, mapping: PipelineMapping, report: Report) -> int:
    # Nobody's real address is known, and .invalid never is one (RFC 2606).
    email = f"{slugify(name).replace('-', '.')}@{slugify(mapping.source)}.invalid"
    known = store.rows(User).filter(email__iexact=email).values_list("pk", flat=True).first()
    if known is not None:
        return known
    report.users += 1
    user = create_user(actor=actor, email=email, name=name, teams=[team], is_active=False)
    return user.pk


def _start(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
