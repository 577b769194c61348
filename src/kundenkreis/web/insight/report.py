"""From a stored report to what the page shows: figures in words, table rows, charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kundenkreis.engage.campaigns.models import Campaign
from kundenkreis.insight.models import UpliftReport
from kundenkreis.insight.statistics import Verdict, verdict_text
from kundenkreis.kernel.fields import translated
from kundenkreis.ui import formats
from kundenkreis.ui.charts import Chart

TONES = {
    Verdict.POSITIVE: "green",
    Verdict.NEGATIVE: "red",
    Verdict.BLOCKED: "red",
    Verdict.TOO_FEW: "amber",
    Verdict.UNDECIDED: "",
}
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
        result = report.result
        verdict = Verdict(result["verdict"])
        people = sum(arm["people"] for arm in result["arms"].values())
        rows.append(
            ExperimentRow(
                campaign,
                people,
                verdict_text(verdict),
                TONES[verdict],
                _relative(_shown(result, 0)),
            )
        )
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
    result = report.result
    verdict = Verdict(result["verdict"])
    return page | {
        "verdict": verdict_text(verdict),
        "tone": TONES[verdict],
        "figures": _figures(campaign, result),
        "groups": _groups(campaign, result),
        "notes": _notes(campaign, result, share),
        "chart": _chart(campaign, list(history)),
    }


def _best(result: dict[str, Any], outcome: int) -> dict[str, Any] | None:
    """The first variant that is compared with the control group."""
    rows = [row for row in result["outcomes"][outcome]["variants"] if row["effect"] is not None]
    return rows[0] if rows else None


def _shown(result: dict[str, Any], outcome: int) -> dict[str, Any] | None:
    """What may be said about an outcome: nothing while there are too few people."""
    return None if Verdict(result["verdict"]) is Verdict.TOO_FEW else _best(result, outcome)


def _figures(campaign: Campaign, result: dict[str, Any]) -> list[dict[str, str]]:
    purchases, revenue = _shown(result, 0), _shown(result, 1)
    earned = result["earned"].get(revenue["name"]) if revenue else None
    currency = campaign.currency
    return [
        {
            "label": _("People exposed"),
            "value": formats.number(sum(arm["people"] for arm in result["arms"].values())),
            "note": " · ".join(
                f"{group['label']} {formats.number(group['people'])}"
                for group in _groups(campaign, result)
            ),
        },
        {
            "label": _("More purchases"),
            "value": _relative(purchases),
            "note": _interval(purchases and purchases["relative"], _percent),
        },
        {
            "label": _("More revenue per person"),
            "value": _money(revenue["effect"] if revenue else None, currency),
            "note": _interval(revenue, lambda value: _money(value, currency)),
        },
        {
            "label": _("Earned by the offer"),
            "value": _money(earned["amount_minor"] if earned else None, currency),
            "note": _interval(
                earned and {"low": earned["low_minor"], "high": earned["high_minor"]},
                lambda value: _money(value, currency),
            ),
        },
    ]


def _groups(campaign: Campaign, result: dict[str, Any]) -> list[dict[str, Any]]:
    labels = {variant.slug: variant for variant in campaign.variants.all()}
    rows = []
    for name, arm in result["arms"].items():
        variant = labels.get(name)
        people = arm["people"]
        rows.append(
            {
                "label": translated(variant.label) if variant else name,
                "is_control": bool(variant and variant.is_control),
                "people": people,
                "buyers": arm["buyers"],
                "rate": formats.percent(arm["buyers"] / people, 1) if people else "–",
                "orders": arm["orders"],
                "revenue": formats.money(arm["revenue"], campaign.currency),
                "per_person": _money(
                    arm["revenue"] / people if people else None, campaign.currency
                ),
            }
        )
    return sorted(rows, key=lambda row: not row["is_control"])


def _notes(campaign: Campaign, result: dict[str, Any], share: float | None) -> list[str]:
    notes = list(result["warnings"].get(get_language() or "en", []))
    if result["detectable"]:
        notes.append(
            _("With so many people, an effect of at least %(effect)s on purchases can be detected.")
            % {"effect": formats.percent(result["detectable"])}
        )
    if result["mixed"]:
        notes.append(
            ngettext(
                "%(count)s person has seen several variants (on several devices) and is left out.",
                "%(count)s people have seen several variants (on several devices) and are left out.",
                result["mixed"],
            )
            % {"count": formats.number(result["mixed"])}
        )
    if result["other_currency"]:
        notes.append(
            _("%(count)s orders in another currency than %(currency)s are left out.")
            % {"count": formats.number(result["other_currency"]), "currency": campaign.currency}
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
        row = _best(report.result, 0)
        people = [arm["people"] for arm in report.result["arms"].values()]
        if row is not None and row["low"] is not None and min(people) >= SOON:
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
                "values": [row["effect"] for _at, row in points],
                "low": [row["low"] for _at, row in points],
                "high": [row["high"] for _at, row in points],
            }
        ],
    )


def _relative(row: dict[str, Any] | None) -> str:
    return _percent(row["relative"]["effect"] if row and row["relative"] else None)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{'+' if value > 0 else ''}{formats.percent(value, 0)}"


def _money(value: float | None, currency: str) -> str:
    return "–" if value is None else formats.money(round(value), currency)


def _interval(row: Mapping[str, Any] | None, written: Any) -> str:
    if not row or row["low"] is None or row["high"] is None:
        return _("no interval yet")
    return f"{written(row['low'])} … {written(row['high'])}"
