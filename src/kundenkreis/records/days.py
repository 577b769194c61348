"""Days as people say them, German and English: "in 2 weeks", "nächsten Montag", "Monatsende", "3.12."

Both languages are understood whatever the user's is; "today" is today in the company's time zone, as
in filters. A weekday is the next one to come; a day without its year is of this year, or of the next where that
is more than half a year past. What could be a figure in the wrong column, such as "21.11", is no day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel import clock
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.text import without_umlauts
from kundenkreis.ui.formats import STYLES

LONGEST = 60  # characters
FRIDAY = 4
HALF_A_YEAR = timedelta(days=183)
LEAP = 9  # years within which every day of a year comes again


class NoDay(DomainError):
    """What somebody wrote cannot be read as a day."""

    def __init__(self, text: str) -> None:
        super().__init__(
            _("“%(text)s” was not understood as a day.") % {"text": text.strip()[:LONGEST]},
            hint=_("Write for example “tomorrow”, “in 2 weeks”, “Friday” or “3 Dec 2026”."),
        )


def parse_day(text: str) -> date:
    """The day somebody means. Raises `NoDay`."""
    said, today = _folded(text), clock.today(settings.COMPANY_ZONE)
    try:
        if len(said) <= LONGEST:
            for read in (_near, _counted, _weekday, _edge, _written):
                found = read(said, today)
                if found is not None:
                    return found
    except ValueError:
        pass  # there is no such day, such as 31.2. or one after the year 9999
    raise NoDay(text)


def _folded(text: str) -> str:
    """In small letters without umlauts, and without what may stand before a day."""
    words = " ".join(without_umlauts(text).split()).strip(" ,;!?")
    return re.sub(r"^(am|den|bis|zum|on|by|until)( (den|zum|the))? ", "", words)


def _near(said: str, today: date) -> date | None:
    return None if (days := _NEAR.get(said)) is None else today + timedelta(days=days)


def _counted(said: str, today: date) -> date | None:
    """ "in 2 weeks", "+3d", "1w", "3 days ago", "vor einem Monat"."""
    found = _COUNT.fullmatch(said)
    if not found:
        return None
    before, sign, amount, named, ago = found.groups()
    if (before and (sign or (ago and before == "vor "))) or (sign and ago):
        return None
    unit = _UNITS.get(named or ("d" if sign else ""))
    if unit is None:
        return None
    n = _NUMBERS[amount] if amount in _NUMBERS else int(amount)
    return _later(today, -n if sign == "-" or before == "vor " or ago else n, unit)


def _weekday(said: str, today: date) -> date | None:
    """ "Friday", "nächsten Montag", "next monday": the next one to come."""
    found = re.fullmatch(
        r"((next|this|naechste[nrs]?|kommende[nrs]?|diese[nrs]?) )?([a-z]+)\.?", said
    )
    number = _WEEKDAYS.get(found[3]) if found else None
    if number is None:
        return None
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _edge(said: str, today: date) -> date | None:
    """ "next week", "end of month", "Ende nächster Woche", "Quartalsende"."""
    found = _EDGE.fullmatch(said)
    if not found:
        return None
    joined, last, shift, unit = found.groups()
    unit = _UNITS.get(unit or joined.removesuffix("s"), "")
    later = 1 if (shift or "").startswith(("next", "naechst", "kommend")) else 0
    if not (last or joined or later):
        return None
    start = _start(today, unit)
    if start is None:
        return None
    if not (last or joined):
        return _later(start, later, unit)
    if unit == "w":  # the end of a week is where work ends
        friday = start + timedelta(days=FRIDAY, weeks=later)
        return friday if friday >= today else friday + timedelta(weeks=1)
    return _later(start, later + 1, unit) - timedelta(days=1)


def _written(said: str, today: date) -> date | None:
    """ "3.12.", "3.12.2026", "2026-12-03", "3/12/2026", "3 December", "Do, 10.12.2026"."""
    weekday = re.match(r"([a-z]+)\.?,? (?=[0-9])", said)
    if weekday and weekday[1] in _WEEKDAYS:
        said = said[weekday.end() :]
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", said):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.fullmatch(said) or _SLASHED.fullmatch(said):
        return _day(today, found[1], int(found[2]), found[3])
    if found := re.fullmatch(r"([0-9]{1,2})\.? ([a-z]+)\.?( ([0-9]{4}|[0-9]{2}))?", said):
        return _day(today, found[1], _MONTHS.get(found[2], 0), found[4])
    if found := re.fullmatch(r"([a-z]+)\.? ([0-9]{1,2})(,? ([0-9]{4}))?", said):
        return _day(today, found[2], _MONTHS.get(found[1], 0), found[4])
    return None


def _day(today: date, day: str, month: int, year: str | None) -> date | None:
    """A day of a year; without it of this one, or of the next where that is long past."""
    if not month:
        return None
    if year:
        full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 70 else 1900)
        return date(full, month, int(day))
    for one in range(today.year, today.year + LEAP):
        try:
            found = date(one, month, int(day))
        except ValueError:
            continue  # 29 February is not in every year
        if today - found <= HALF_A_YEAR:
            return found
    return None


def _start(today: date, unit: str) -> date | None:
    """The first day of the week, month, quarter or year that today lies in."""
    match unit:
        case "w":
            return today - timedelta(days=today.weekday())
        case "m":
            return today.replace(day=1)
        case "q":
            return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        case "y":
            return today.replace(month=1, day=1)
    return None


def _later(day: date, n: int, unit: str) -> date:
    if unit in ("d", "w"):
        return day + timedelta(days=n * (7 if unit == "w" else 1))
    months = day.year * 12 + day.month - 1 + n * {"m": 1, "q": 3, "y": 12}[unit]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


_NEAR = {
    "day after tomorrow": 2, "the day after tomorrow": 2, "uebermorgen": 2,
    "day before yesterday": -2, "the day before yesterday": -2, "vorgestern": -2,
    **{
        word: days
        for style in STYLES.values()
        for word, days in ((style.yesterday, -1), (style.today, 0), (style.tomorrow, 1))
    },
}  # fmt: skip
_NUMBERS = {
    word: number
    for words in (
        "one two three four five six seven eight nine ten eleven twelve",
        "ein zwei drei vier fuenf sechs sieben acht neun zehn elf zwoelf",
    )
    for number, word in enumerate(words.split(), 1)
} | dict.fromkeys(["a", "an", "eine", "einem", "einer", "einen"], 1)
_UNITS = {
    word: unit
    for unit, words in (
        ("d", "d day days t tag tage tagen"),
        ("w", "w wk week weeks woche wochen"),
        ("m", "m month months monat monate monaten monats"),
        ("q", "q quarter quarters quartal quartale quartalen quartals"),
        ("y", "y year years j jahr jahre jahren jahres"),
    )
    for word in words.split()
}
_WEEKDAYS = {
    without_umlauts(word): number
    for style in STYLES.values()
    for names in (style.weekdays, style.long_weekdays)
    for number, word in enumerate(names)
} | {"sonnabend": 5, "tues": 1, "thur": 3, "thurs": 3}
_MONTHS = {
    without_umlauts(word).rstrip("."): number
    for style in STYLES.values()
    for names in (style.months, style.long_months)
    for number, word in enumerate(names, 1)
} | {"sept": 9, "jaenner": 1, "feber": 2, "mrz": 3}
_COUNT = re.compile(rf"(in |vor )?([-+])? ?([0-9]{{1,4}}|{'|'.join(_NUMBERS)}) ?([a-z]+)?( ago)?")
_EDGE = re.compile(
    r"(?:(monats|quartals|jahres)ende"
    r"|(?:the )?(end(?:e)?(?: of| der| des)? (?:the )?)?"
    r"((?:next|this|naechste[nrs]?|kommende[nrs]?|diese[nrs]?) )?([a-z]+))"
)
_DOTTED = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4}|[0-9]{2})?")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
