from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils import translation

from kundenkreis.crm.people.models import Organisation
from kundenkreis.crm.sales.cards import card
from kundenkreis.crm.sales.models import Opportunity, Stage
from kundenkreis.kernel import clock

HOSTILE = '"><script>alert(1)</script>'


def rendered(owner: str = "", **values: object) -> str:
    known = {"title": "Lasermesskopf", "stage": Stage(kind=Stage.Kind.OPEN), "pk": 7}
    since = datetime(2026, 11, 18, 12, tzinfo=UTC)
    with clock.freeze("2026-11-21T12:00:00+00:00"), translation.override("en"):
        return card(Opportunity(**known | {"stage_since": since} | values), owner)


def test_a_card_says_whom_it_is_about_what_it_is_worth_and_how_long_it_is_here() -> None:
    html = rendered("Anna Seidel", organisation=Organisation(name="Bergmann"), value_minor=1840000)
    assert '<span class="truncate">Bergmann</span>' in html
    assert '<span class="number">€18,400</span>' in html
    assert ">3 days</span>" in html
    assert 'title="Anna Seidel"' in html
    assert "Next step" not in html


def test_a_card_marks_what_is_late_unless_the_opportunity_is_closed() -> None:
    past = date(2026, 11, 1)
    assert rendered(expected_on=past, next_step_on=past).count('class="late"') == 2
    won = Stage(kind=Stage.Kind.WON)
    assert 'class="late"' not in rendered(expected_on=past, stage=won)


def test_a_card_escapes_every_text() -> None:
    html = rendered(
        HOSTILE, title=HOSTILE, source=HOSTILE, next_step=HOSTILE,
        next_step_on=date(2026, 12, 1), organisation=Organisation(name=HOSTILE),
    )  # fmt: skip
    assert html.count("&lt;script&gt;") == 6
    assert "<script" not in html
