"""Made-up content of the living page, in the language it is shown in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language

from kundenkreis.kernel import clock
from kundenkreis.ui.furniture import Heading, NavigationGroup, NavigationItem

if TYPE_CHECKING:
    from kundenkreis.ui.charts import Chart

PARTS = """
    buttons fields tags navigation tabs table cards board facts figures timeline boxes progress
    stages charts banners toasts empty dialogs filters conditions code
"""


def say(german: str, english: str) -> str:
    """Sample content, not text of the product: both languages stand here, not in the catalogue."""
    return english if (get_language() or "de").startswith("en") else german


class SampleForm(forms.Form):
    """One of each kind of field, one of them refused."""

    name = forms.CharField()
    mail = forms.EmailField()
    size = forms.ChoiceField(choices=[("", "–"), ("1", "1–9"), ("2", "10–49"), ("3", "50–249")])
    note = forms.CharField(widget=forms.Textarea, required=False)
    newsletter = forms.BooleanField(required=False)

    def __init__(self, prefix: str) -> None:
        super().__init__(
            {
                f"{prefix}-name": "Bergmann Optik GmbH",
                f"{prefix}-mail": "jana@",
                f"{prefix}-size": "2",
            },
            prefix=prefix,
        )
        texts = {
            "name": say("Name der Firma", "Name of the organisation"),
            "mail": say("E-Mail-Adresse", "E-mail address"),
            "size": say("Größe", "Size"),
            "note": say("Notiz", "Note"),
            "newsletter": say("Möchte den Newsletter", "Wants the newsletter"),
        }
        for field, text in texts.items():
            self.fields[field].label = text
        self.fields["name"].help_text = say("So, wie sie im Register steht.", "As in the register.")


def page() -> dict[str, Any]:
    """Everything the templates in `ui/patterns/` show."""
    now = clock.now()
    return {
        "parts": [f"ui/patterns/{part}.html" for part in PARTS.split()],
        "themes": ["light", "dark"],
        "forms": {theme: SampleForm(theme) for theme in ("light", "dark")},
        "navigation": navigation(),
        "tab_items": tabs(),
        "columns": columns(),
        "rows": rows(),
        "stage_items": stages(),
        "bars": bars(),
        "lines": lines(),
        "just_now": now - timedelta(minutes=12),
        "earlier": now - timedelta(hours=4),
        "yesterday": now - timedelta(days=1, hours=2),
        "tomorrow": now + timedelta(days=1),
        "long_ago": now - timedelta(days=40),
        "de": say("de", "") == "de",
        "joiners": [("and", say("und", "and")), ("or", say("oder", "or"))],
    }


def navigation() -> tuple[NavigationGroup, ...]:
    return (
        NavigationGroup(
            "",
            (
                NavigationItem(say("Mein Tag", "My day"), "#", "house"),
                NavigationItem(say("Aufgaben", "Tasks"), "#", "list-checks", count=12),
            ),
        ),
        NavigationGroup(
            say("Kunden", "Customers"),
            (
                NavigationItem(say("Firmen", "Organisations"), "#", "building-2", current=True),
                NavigationItem(say("Personen", "People"), "#", "users"),
                NavigationItem(
                    say("Verkaufschancen", "Opportunities"), "#", "square-kanban", count=4
                ),
            ),
        ),
    )


def tabs() -> list[dict[str, Any]]:
    return [
        {"label": say("Überblick", "Overview"), "url": "#", "current": True},
        {"label": say("Aktivitäten", "Activities"), "url": "#", "count": 84},
        {"label": say("Tabelle", "Table"), "url": "#", "icon": "table-2"},
        {"label": say("Einwilligungen", "Consents"), "url": "#"},
    ]


def columns() -> list[Heading]:
    return [
        Heading(say("Firma", "Organisation"), sort_url="#", sorted="ascending"),
        Heading(say("Ort", "Place")),
        Heading(say("Quelle", "Source")),
        Heading(say("Umsatz", "Revenue"), numeric=True, sort_url="#"),
        Heading(say("Zuletzt", "Last"), numeric=True),
    ]


def rows() -> list[dict[str, Any]]:
    now = clock.now()
    entries = [
        ("Bergmann Optik GmbH", "Jena", "Web", "blue", 4821000, 1),
        ("Käserei Allgäu eG", "Kempten", say("Messe", "Fair"), "violet", 2750000, 30),
        ("Moser Handel GmbH", "Graz", say("Empfehlung", "Referral"), "green", 8890050, 200),
        ("Werft Rügen AG", "Sassnitz", "Newsletter", "amber", -137500, 900),
    ]
    keys = ("name", "place", "source", "tone", "revenue")
    return [
        dict(zip(keys, row, strict=False), last=now - timedelta(hours=row[5])) for row in entries
    ]


def stages() -> list[dict[str, str]]:
    days = say("{} Tage", "{} days")
    return [
        {"label": say("Neu", "New"), "state": "done", "time": days.format(2)},
        {"label": say("Qualifiziert", "Qualified"), "state": "done", "time": days.format(9)},
        {"label": say("Angebot", "Quote"), "state": "current", "time": days.format(4)},
        {"label": say("Verhandlung", "Negotiation"), "state": "ahead"},
        {"label": say("Gewonnen", "Won"), "state": "ahead"},
    ]


def bars() -> Chart:
    months = say(
        "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct"
    )
    figures = [210, 345, 280, 520, 410, 390, 610, 230, 290, 480]
    return {
        "kind": "bar",
        "axis": say("Monat", "Month"),
        "labels": months.split(),
        "series": [{"name": say("Umsatz", "Revenue"), "values": [n * 1000 for n in figures]}],
        "format": "money:EUR",
    }


def lines() -> Chart:
    days = [f"{n}." for n in range(1, 13)]
    effect = [0.9, 1.2, 0.55, 0.75, 0.9, 0.84, 0.78, 0.81, 0.83, 0.8, 0.79, 0.8]
    return {
        "kind": "line",
        "axis": say("Tag", "Day"),
        "labels": days,
        "series": [
            {
                "name": say("Zusatzwirkung", "Uplift"),
                "values": [*effect],
                "low": [value - 2.2 / (n + 1.2) for n, value in enumerate(effect)],
                "high": [value + 2.2 / (n + 1.2) for n, value in enumerate(effect)],
            },
        ],
        "format": "percent",
    }
