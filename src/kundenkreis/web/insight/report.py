"""From a stored report to what the page shows: figures in words, table rows, charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.statistics import Verdict, verdict_text
from kundenkreis.insight.uplift.report import Counted, Found, Report, Row
from kundenkreis.kernel.fields import translated
from kundenkreis.records import Figure
from kundenkreis.ui import formats
from kundenkreis.ui.charts import Chart

TONES = {
    Verdict.POSITIVE: "green",
    Verdict.NEGATIVE: "red",
    Verdict.BLOCKED: "red",
    Verdict.TOO_FEW: "amber",
    Verdict.UNDECIDED: "",
}
PURCHASES, REVENUE = 0, 1  # places of the outcomes
SOON = 8  # people per group from which a curve says anything


@dataclass(frozen=True, slots=True)
class ExperimentRow:
    """One line of the list of experiments."""

    campaign: Campaign
    people: int
    verdict: str
    tone: str
    effect: str


def experiment_rows(
    campaigns: Iterable[Campaign], reports: Mapping[int, UpliftReport]
) -> list[ExperimentRow]:
    """The list's lines; a campaign without a report yet says so."""
    rows = []
    for campaign in campaigns:
        report = reports.get(campaign.pk)
        if report is None:
            rows.append(ExperimentRow(campaign, 0, _("Nobody has seen it yet"), "", "–"))
            continue
        result = Report.read(report.result)
        verdict = result.found.verdict
        effect = _relative(_shown(result.found, PURCHASES))
        people = result.counted.people
        rows.append(ExperimentRow(campaign, people, verdict_text(verdict), TONES[verdict], effect))
    return rows


def report_page(
    campaign: Campaign,
    counts: Mapping[int, Mapping[str, int]],
    report: UpliftReport | None,
    history: Iterable[UpliftReport],
    share: float | None,
) -> dict[str, Any]:
    """Everything the report page needs."""
    page: dict[str, Any] = {
        "campaign": campaign,
        "report": report,
        "assigned": sum(count["assigned"] for count in counts.values()),
        "visit_share": share,
    }
    if report is None:
        return page
    result = Report.read(report.result)
    verdict = result.found.verdict
    return page | {
        "verdict": verdict_text(verdict),
        "tone": TONES[verdict],
        "figures": _figures(campaign, result),
        "groups": _groups(campaign, result.counted),
        "notes": _notes(campaign, result, share),
        "chart": _chart(campaign, list(history)),
        "read_once": result.counted.fixed,
    }


def _shown(found: Found, outcome: int) -> Row | None:
    """What may be said about an outcome: nothing while there are too few people."""
    return None if found.verdict is Verdict.TOO_FEW else found.outcomes[outcome].compared


def key_figures(campaign: Campaign, report: UpliftReport) -> list[Figure]:
    """The figures above a report."""
    return _figures(campaign, Report.read(report.result))


def _figures(campaign: Campaign, result: Report) -> list[Figure]:
    found, currency = result.found, campaign.currency
    purchases, revenue = _shown(found, PURCHASES), _shown(found, REVENUE)
    earned = found.earned.get(revenue.name) if revenue else None
    relative = purchases.relative if purchases else None

    def money(value: float | None) -> str:
        return _money(value, currency)

    groups = " · ".join(
        f"{group['label']} {formats.number(group['people'])}"
        for group in _groups(campaign, result.counted)
    )
    interval = _interval((relative.low, relative.high) if relative else None, _percent)
    # At the one look that was settled beforehand its narrower interval counts, as in the verdict.
    look = revenue.fixed if revenue and result.counted.fixed else revenue
    per_person = money(revenue.effect if revenue else None)
    amount = money(earned.amount_minor if earned else None)
    return [
        Figure(_("People exposed"), formats.number(result.counted.people), groups),
        Figure(_("More purchases"), _relative(purchases), interval),
        Figure(
            _("More revenue per person"),
            per_person,
            _interval((look.low, look.high) if look else None, money),
        ),
        Figure(
            _("Earned by the offer"),
            amount,
            _interval((earned.low_minor, earned.high_minor) if earned else None, money),
        ),
    ]


def _groups(campaign: Campaign, counted: Counted) -> list[dict[str, Any]]:
    labels = {variant.slug: variant for variant in campaign.variants.all()}
    rows = []
    for name, arm in counted.arms.items():
        variant = labels.get(name)
        people = arm.people
        rows.append(
            {
                "label": translated(variant.label) if variant else name,
                "is_control": bool(variant and variant.is_control),
                "people": people,
                "buyers": arm.buyers,
                "rate": formats.percent(arm.buyers / people, 1) if people else "–",
                "orders": arm.orders,
                "revenue": formats.money(arm.revenue, campaign.currency),
                "per_person": _money(arm.revenue / people if people else None, campaign.currency),
            }
        )
    return sorted(rows, key=lambda row: not row["is_control"])


def _notes(campaign: Campaign, result: Report, share: float | None) -> list[str]:
    found, counted = result.found, result.counted
    notes = list(found.warnings.get(get_language() or "en", []))
    if found.detectable:
        notes.append(
            _("With so many people, an effect of at least %(effect)s on purchases can be detected.")
            % {"effect": formats.percent(found.detectable)}
        )
    if campaign.horizon and not counted.fixed:
        notes.append(
            _(
                "It was settled to read the result once, after %(count)s people per group. That "
                "look is still to come; until then the intervals hold however often you look."
            )
            % {"count": formats.number(campaign.horizon)}
        )
    if counted.mixed:
        notes.append(
            ngettext(
                "%(count)s person has seen several variants (on several devices) and is left out.",
                "%(count)s people have seen several variants (on several devices) and are left out.",
                counted.mixed,
            )
            % {"count": formats.number(counted.mixed)}
        )
    if counted.other_currency:
        notes.append(
            _("%(count)s orders in another currency than %(currency)s are left out.")
            % {"count": formats.number(counted.other_currency), "currency": campaign.currency}
        )
    if share is not None:
        notes.append(
            _("Visitors who consented made %(share)s of the visits; the others are in no group.")
            % {"share": formats.percent(share)}
        )
    return notes


def _chart(campaign: Campaign, history: list[UpliftReport]) -> Chart | None:
    """The effect on purchases with its always-valid interval, as it narrowed over time."""
    points = []
    for report in history:
        result = Report.read(report.result)
        row = result.found.outcomes[PURCHASES].compared
        people = [arm.people for arm in result.counted.arms.values()]
        if row is not None and row.low is not None and min(people) >= SOON:
            points.append((formats.instant(report.at), row))
    if len(points) < 2:
        return None
    return Chart(
        kind="line",
        axis=_("Time"),
        labels=[at for at, _row in points],
        format="percent",
        series=[
            {
                "name": _("Difference in purchase rate, with 95 % interval"),
                "values": [row.effect for _at, row in points],
                "low": [row.low for _at, row in points],
                "high": [row.high for _at, row in points],
            }
        ],
    )


def _relative(row: Row | None) -> str:
    return _percent(row.relative.effect if row and row.relative else None)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{'+' if value > 0 else ''}{formats.percent(value, 0)}"


def _money(value: float | None, currency: str) -> str:
    return "–" if value is None else formats.money(round(value), currency)


def _interval(
    limits: tuple[float | None, float | None] | None, written: Callable[[float | None], str]
) -> str:
    if limits is None or None in limits:
        return _("no interval yet")
    low, high = limits
    return f"{written(low)} … {written(high)}"
