from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.kernel import clock
from kundenkreis.records.days import NoDay, parse_day
from kundenkreis.ui import formats

FRIDAY = "2026-11-27T12:00:00Z"
DAYS = st.dates()


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (("today", "Heute", "+0"), "2026-11-27"),
        (("tomorrow", "morgen", "+1", "+1d", "in einem Tag", "in 1 day"), "2026-11-28"),
        (("übermorgen", "Uebermorgen", "day after tomorrow", "in 2 days"), "2026-11-29"),
        (("gestern", "yesterday", "-1d", "vor einem Tag", "a day ago"), "2026-11-26"),
        (("in 2 weeks", "in 2 Wochen", "in zwei Wochen", "2w", "+2w", "in 14 T"), "2026-12-11"),
        (("in 10 days", "in zehn Tagen", "+10", "10 Tage"), "2026-12-07"),
        (("in 3 months", "in drei Monaten", "+3m"), "2027-02-27"),
        (("in a year", "in einem Jahr", "1j", "in 4 Quartalen"), "2027-11-27"),
        (("monday", "Montag", "mo", "next monday", "nächsten Montag", "am Montag"), "2026-11-30"),
        (("Freitag", "friday", "by Friday", "Fr."), "2026-12-04"),
        (("next week", "nächste Woche"), "2026-11-30"),
        (("next month", "nächsten Monat"), "2026-12-01"),
        (("end of month", "end of the month", "Ende des Monats", "Monatsende"), "2026-11-30"),
        (("end of next month", "Ende nächsten Monats", "Jahresende", "end of year"), "2026-12-31"),
        (("end of week", "Ende der Woche"), "2026-11-27"),
        (("3.12.", "3.12.2026", "03.12.26", "2026-12-03", "3/12/2026", "3. Dezember"), "2026-12-03"),
        (("Dec 3", "3 Dec 2026", "Thu, 3 Dec 2026", "Do, 03.12.2026", "bis zum 3.12."), "2026-12-03"),
        (("3.1.", "3 January"), "2027-01-03"),  # this year's is long past
        (("21.11.", "21 Nov"), "2026-11-21"),
        (("29.2.",), "2028-02-29"),
    ],
)  # fmt: skip
def test_it_understands_days_as_people_say_them(texts: tuple[str, ...], wanted: str) -> None:
    with clock.freeze(FRIDAY):
        assert {text: str(parse_day(text)) for text in texts} == dict.fromkeys(texts, wanted)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "31.2.", "2026-13-01", "21.11", "14", "in 9999 years", "monat", "in weeks", "1 + 2"],
)  # fmt: skip
def test_it_says_what_it_does_not_understand_and_what_to_write(text: str) -> None:
    with clock.freeze(FRIDAY), translation.override("en"), pytest.raises(NoDay) as refused:
        parse_day(text)
    assert text in str(refused.value)
    assert "in 2 weeks" in str(refused.value)


def test_today_is_today_where_the_company_is(settings: Any) -> None:
    with clock.freeze("2026-11-27T23:30:00Z"), timezone.override(ZoneInfo("Asia/Tokyo")):
        for zone, wanted in (("Europe/Berlin", 28), ("America/New_York", 27)):
            settings.COMPANY_ZONE = zone
            assert parse_day("heute") == date(2026, 11, wanted)
            assert formats.relative(date(2026, 11, wanted), "en") == "today"
            assert formats.side_of_today(date(2026, 11, wanted)) == 0


@given(DAYS, st.sampled_from(["de", "en"]))
def test_it_reads_every_day_the_way_pages_write_it(day: date, language: str) -> None:
    for text in (formats.day(day, language), formats.full_day(day, language), day.isoformat()):
        assert parse_day(text) == day


@given(
    st.text(max_size=80)
    | st.from_regex(r"(in |vor |end of |ende |next |am )?[-+]?[0-9]{0,5} ?[a-zäöü.]{0,9}( ago)?")
)
def test_it_reads_any_text_or_refuses_it_in_words(text: str) -> None:
    try:
        day = parse_day(text)
    except NoDay:
        return
    assert isinstance(day, date)


@given(st.integers(0, 400), st.sampled_from(["in {n} days", "in {n} Tagen", "+{n}", "{n}d"]))
def test_days_ahead_are_counted_from_today(n: int, words: str) -> None:
    with clock.freeze(FRIDAY):
        assert parse_day(words.format(n=n)) - date(2026, 11, 27) == timedelta(days=n)
