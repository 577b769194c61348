"""Ways a sale may go that a company can begin with; what it makes of them is its own."""

from __future__ import annotations

from dataclasses import dataclass

from kundenkreis.crm.sales.models import Stage

Texts = dict[str, str]
Step = tuple[str, Texts, str, int]

_WON: Step = ("won", {"de": "Gewonnen", "en": "Won"}, Stage.Kind.WON, 100)
_LOST: Step = ("lost", {"de": "Verloren", "en": "Lost"}, Stage.Kind.LOST, 0)


@dataclass(frozen=True, slots=True)
class ShippedPipeline:
    """Name and stages: short name, label, kind, chance in percent."""

    label: Texts
    stages: tuple[Step, ...]


def _open(slug: str, de: str, en: str, chance: int) -> Step:
    return (slug, {"de": de, "en": en}, Stage.Kind.OPEN, chance)


SALES = "sales"
PIPELINES: dict[str, ShippedPipeline] = {
    SALES: ShippedPipeline(
        {"de": "Vertrieb", "en": "Sales"},
        (
            _open("new", "Neu", "New", 10),
            _open("qualified", "Qualifiziert", "Qualified", 25),
            _open("quote", "Angebot", "Quote", 50),
            _open("negotiation", "Verhandlung", "Negotiation", 75),
            _WON,
            _LOST,
        ),
    ),
    "tenders": ShippedPipeline(
        {"de": "Ausschreibungen", "en": "Tenders"},
        (
            _open("published", "Veröffentlicht", "Published", 5),
            _open("questions", "Bieterfragen", "Questions", 15),
            _open("handed-in", "Abgegeben", "Handed in", 30),
            _open("shortlist", "Engere Wahl", "Shortlist", 60),
            _WON,
            _LOST,
        ),
    ),
    "renewals": ShippedPipeline(
        {"de": "Vertragsverlängerung", "en": "Renewals"},
        (
            _open("due", "Steht an", "Due", 60),
            _open("talk", "Im Gespräch", "In talks", 75),
            _open("offered", "Angeboten", "Offered", 85),
            _WON,
            _LOST,
        ),
    ),
}
