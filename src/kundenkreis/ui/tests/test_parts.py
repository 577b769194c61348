from __future__ import annotations

import pytest
from django.utils import translation

from kundenkreis.ui import avatars, furniture, parts
from kundenkreis.ui.charts import Chart, rows


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Jana Weiß", "JW"),
        ("Bergmann Optik GmbH", "BO"),
        ("Käserei Allgäu eG", "KA"),
        ("Dr. Anna Maria Roth", "AR"),
        ("Moser", "M"),
        ("Hafner & Söhne KG", "HS"),
        ("GmbH", "GM"),
        ("", "?"),
        ("<script>", "S"),
    ],
)
def test_it_takes_initials_from_the_name_not_from_its_legal_form(name: str, letters: str) -> None:
    assert avatars.initials(name) == letters


def test_a_name_keeps_its_colour() -> None:
    assert avatars.avatar("Jana Weiß") == avatars.avatar("Jana Weiß")
    assert len({str(avatars.avatar(f"N {n}"))[:30] for n in range(100)}) == avatars.COLOURS


def test_a_tag_escapes_its_label_and_ignores_an_unknown_tone() -> None:
    assert parts.tag("<b>", 'x" onclick="') == '<span class="tag ">&lt;b&gt;</span>'


def test_a_chart_says_the_same_as_a_table() -> None:
    chart: Chart = {
        "kind": "line",
        "axis": "Day",
        "labels": ["1.", "2."],
        "series": [{"name": "A", "values": [0.8, None], "low": [0.5, None], "high": [1.1, None]}],
        "format": "percent",
    }
    with translation.override("de"):
        table = rows(chart)
    assert [[cell.replace("\xa0", " ") for cell in row] for row in table] == [
        ["1.", "80,0 % (50,0 % … 110,0 %)"],
        ["2.", "–"],
    ]


def test_the_bottom_bar_shows_the_marked_pages_or_the_first_three() -> None:
    pages = [furniture.NavigationItem(str(n), "/", "house") for n in range(6)]
    marked = furniture.NavigationItem("marked", "/", "house", phone=True)
    group = furniture.NavigationGroup
    assert furniture.phone_items([group("", tuple(pages))]) == pages[:3]
    assert furniture.phone_items([group("", tuple(pages)), group("", (marked,))]) == [marked]


def test_it_says_which_icon_is_missing_and_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr(parts, "icons", lambda: frozenset({"phone"}))
    parts.icon("phone")
    # A page only warns of it; in tests the warning is an error.
    with pytest.raises(AssertionError, match=r"No icon no-such-icon .* frontend/icons\.txt"):
        parts.icon("no-such-icon")
