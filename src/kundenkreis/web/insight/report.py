"""From a stored report to what the page shows: figures in words, table rows, charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.engage.campaigns.variants import names_of
from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.statistics import Verdict, verdict_text
from kundenkreis.insight.uplift.report import Counted, Found, Report, Row
from kundenkreis.records import Figure
from kundenkreis.ui import formats
from kundenkreis.ui.charts import Chart, Series

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
        effect = _effects(campaign, result.found)
        people = result.counted.people
        said = _verdict(campaign, result.found)
        rows.append(ExperimentRow(campaign, people, said, TONES[verdict], effect))
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
        "verdict": _verdict(campaign, result.found),
        "tone": TONES[verdict],
        "figures": _figures(campaign, result),
        "groups": _groups(campaign, result.counted),
        "notes": _notes(campaign, result, share),
        "comparisons": _comparisons(campaign, result),
        "chart": _chart(campaign, list(history)),
        "read_once": result.counted.fixed,
    }


def _verdict(campaign: Campaign, found: Found) -> str:
    """The verdict in words; of several offers with the names of those it is true of."""
    text = verdict_text(found.verdict)
    rows = [row for row in found.outcomes[PURCHASES].variants if row.effect is not None]
    if len(rows) < 2 or found.verdict not in (Verdict.POSITIVE, Verdict.NEGATIVE):
        return text
    names = names_of(campaign.variants.all())
    told = [names.get(row.name, row.name) for row in rows if row.verdict is found.verdict]
    return f"{', '.join(told)}: {text}"


def _shown(found: Found, outcome: int) -> Row | None:
    """What may be said about an outcome: nothing while there are too few people."""
    return None if found.verdict is Verdict.TOO_FEW else found.outcomes[outcome].compared


def key_figures(campaign: Campaign, report: UpliftReport) -> list[Figure]:
    """The figures above a report."""
    return _figures(campaign, Report.read(report.result))


def _figures(campaign: Campaign, result: Report) -> list[Figure]:
    """The figures of the only offer; of several each has its own line instead (`_comparisons`)."""
    groups = " · ".join(
        f"{group['label']} {formats.number(group['people'])}"
        for group in _groups(campaign, result.counted)
    )
    people = Figure(_("People exposed"), formats.number(result.counted.people), groups)
    if len(result.counted.arms) > 2:
        return [people]
    found = result.found
    return [people, *_effect_figures(campaign, result, _shown(found, 0), _shown(found, 1))]


def _comparisons(campaign: Campaign, result: Report) -> list[dict[str, Any]]:
    """Of several offers each against the control group: its verdict and its figures."""
    if len(result.counted.arms) <= 2:
        return []
    names, lines = names_of(campaign.variants.all()), []
    revenues = {row.name: row for row in result.found.outcomes[REVENUE].variants}
    for row in result.found.outcomes[PURCHASES].variants:
        if row.name not in names or _is_control(campaign, row.name):
            continue
        verdict = row.verdict or Verdict.TOO_FEW
        enough = verdict is not Verdict.TOO_FEW
        shown = (row, revenues.get(row.name)) if enough else (None, None)
        lines.append(
            {
                "label": names[row.name],
                "verdict": verdict_text(verdict),
                "tone": TONES[verdict],
                "figures": _effect_figures(campaign, result, *shown),
            }
        )
    return lines


def _effect_figures(
    campaign: Campaign, result: Report, purchases: Row | None, revenue: Row | None
) -> list[Figure]:
    """What one offer did; nothing of it where there are too few people."""

    def money(value: float | None) -> str:
        return _money(value, campaign.currency)

    # At the one look that was settled beforehand its narrower intervals count, as in the verdict.
    fixed = result.counted.fixed
    look = revenue.fixed if revenue and fixed else revenue
    relative = purchases.relative if purchases else None
    if purchases and fixed and purchases.fixed and purchases.fixed.relative:
        relative = purchases.fixed.relative
    interval = _interval((relative.low, relative.high) if relative else None, _percent)
    earned = result.found.earned.get(revenue.name) if revenue else None
    per_person = money(revenue.effect if revenue else None)
    amount = money(earned.amount_minor if earned else None)
    return [
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
    names, rows = names_of(campaign.variants.all()), []
    for name, arm in counted.arms.items():
        people = arm.people
        rows.append(
            {
                "label": names.get(name, name),
                "is_control": _is_control(campaign, name),
                "people": people,
                "buyers": arm.buyers,
                "rate": formats.percent(arm.buyers / people, 1) if people else "–",
                "orders": arm.orders,
                "revenue": formats.money(arm.revenue, campaign.currency),
                "per_person": _money(arm.revenue / people if people else None, campaign.currency),
            }
        )
    return sorted(rows, key=lambda row: not row["is_control"])


def _is_control(campaign: Campaign, name: str) -> bool:
    return any(one.is_control for one in campaign.variants.all() if one.slug == name)


def _effects(campaign: Campaign, found: Found) -> str:
    """How many more bought, by offer; nothing where there are too few people."""
    rows = [row for row in found.outcomes[PURCHASES].variants if row.effect is not None]
    if len(rows) < 2:
        return _relative(_shown(found, PURCHASES))
    names = names_of(campaign.variants.all())
    said = [(row, None if row.verdict is Verdict.TOO_FEW else row) for row in rows]
    return " · ".join(f"{names.get(row.name, row.name)} {_relative(one)}" for row, one in said)


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
    """Every offer's effect on purchases with its always-valid interval, as it narrowed over time."""
    points: list[tuple[str, dict[str, Row]]] = []
    for report in history:
        result = Report.read(report.result)
        rows = {
            row.name: row
            for row in result.found.outcomes[PURCHASES].variants
            if row.effect is not None and row.low is not None
        }
        people = [arm.people for arm in result.counted.arms.values()]
        if rows and min(people) >= SOON:
            points.append((formats.instant(report.at), rows))
    if len(points) < 2:
        return None
    names = {
        name: label
        for name, label in names_of(campaign.variants.all()).items()
        if name in points[-1][1]
    }
    return Chart(
        kind="line",
        axis=_("Time"),
        labels=[at for at, _rows in points],
        format="percent",
        series=[
            _series(label if len(names) > 1 else "", [rows.get(name) for _at, rows in points])
            for name, label in names.items()
        ],
    )


def _series(name: str, rows: list[Row | None]) -> Series:
    return {
        "name": name or _("Difference in purchase rate, with 95 % interval"),
        "values": [row.effect if row else None for row in rows],
        "low": [row.low if row else None for row in rows],
        "high": [row.high if row else None for row in rows],
    }


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
