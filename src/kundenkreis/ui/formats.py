"""How figures and dates are written in German and English.

Every function takes the language ("de" or "en"); instants are shown in the active time zone
(`django.utils.timezone`), which follows the user's setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils import timezone, translation

from kundenkreis.kernel import clock
from kundenkreis.kernel.money import CURRENCY, Money, digits

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


@dataclass(frozen=True, slots=True)
class Style:
    """One language's habits (CLDR 45)."""

    group: str
    point: str
    day: str
    short_day: str
    months: tuple[str, ...]
    long_months: tuple[str, ...]
    weekdays: tuple[str, ...]
    long_weekdays: tuple[str, ...]
    symbol_first: bool
    percent: str
    minutes: tuple[str, str]
    hours: tuple[str, str]
    now: str
    yesterday: str
    today: str
    tomorrow: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STYLES = {
    "de": Style(
        group=".",
        point=",",
        day="{d:02}.{m:02}.{y:04}",
        short_day="{d}. {month}",
        months=_words("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."),
        long_months=_words(
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
        ),
        weekdays=_words("Mo Di Mi Do Fr Sa So"),
        long_weekdays=_words("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
        symbol_first=False,
        percent=f"{NBSP}%",
        minutes=("vor {n} Min.", "in {n} Min."),
        hours=("vor {n} Std.", "in {n} Std."),
        now="gerade eben",
        yesterday="gestern",
        today="heute",
        tomorrow="morgen",
    ),
    "en": Style(
        group=",",
        point=".",
        day="{d} {month} {y:04}",
        short_day="{d} {month}",
        months=_words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
        long_months=_words(
            "January February March April May June July August September October November December"
        ),
        weekdays=_words("Mon Tue Wed Thu Fri Sat Sun"),
        long_weekdays=_words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        symbol_first=True,
        percent="%",
        minutes=("{n} min ago", "in {n} min"),
        hours=("{n} hr ago", "in {n} hr"),
        now="just now",
        yesterday="yesterday",
        today="today",
        tomorrow="tomorrow",
    ),
}


def style(language: str | None = None) -> Style:
    """The habits of a language; of the active one by default, German if unknown."""
    return STYLES.get((language or translation.get_language() or "de")[:2], STYLES["de"])


def number(value: Decimal | float, places: int = 0, language: str | None = None) -> str:
    """1234.5 with two places → "1.234,50"; rounded half up (commercial rounding)."""
    s = style(language)
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole, _, rest = f"{abs(exact):,f}".partition(".")
    sign = MINUS if exact < 0 else ""
    return sign + whole.replace(",", s.group) + (s.point + rest if rest else "")


def percent(share: Decimal | float, places: int = 0, language: str | None = None) -> str:
    """0.142 → "14 %"; a share of one, not of a hundred."""
    return number(Decimal(str(share)) * 100, places, language) + style(language).percent


def money(
    amount: Money | int,
    currency: str = CURRENCY,
    *,
    whole: bool = False,
    language: str | None = None,
) -> str:
    """Minor units as an amount: 123456 EUR → "1.234,56 €"; `whole` leaves out the cents."""
    sum_ = amount if isinstance(amount, Money) else Money(amount, currency)
    places = 0 if whole else digits(sum_.currency)
    figure = number(abs(sum_.amount), places, language)
    sign = MINUS if sum_.minor < 0 and figure.strip("0.,") else ""
    symbol = SYMBOLS.get(sum_.currency, sum_.currency)
    if not style(language).symbol_first:
        return f"{sign}{figure}{NBSP}{symbol}"
    return f"{sign}{symbol}{NBSP if symbol.isalpha() else ''}{figure}"


def day(value: date, language: str | None = None) -> str:
    """21.11.2026 or 21 Nov 2026; instants count in the active time zone."""
    return _day(_local(value), style(language))


def full_day(value: date, language: str | None = None) -> str:
    """With the day of the week: Sa, 21.11.2026 or Sat, 21 Nov 2026."""
    local, s = _local(value), style(language)
    return f"{s.weekdays[local.weekday()]}, {_day(local, s)}"


def short_day(value: date, language: str | None = None) -> str:
    """Without the year where it is the current one: "18. Nov.", "18 Nov"."""
    return _short_day(_local(value), _today(value), style(language))


def month(value: date, language: str | None = None) -> str:
    """November 2026."""
    local = _local(value)
    return f"{style(language).long_months[local.month - 1]} {local.year}"


def clock_time(value: datetime) -> str:
    """14:05, always 24 hours."""
    return _clock_time(timezone.localtime(value))


def instant(value: datetime, language: str | None = None) -> str:
    """21.11.2026, 14:05."""
    return _exact(timezone.localtime(value), style(language))


def relative(value: date, language: str | None = None) -> str:
    """How long ago or ahead: "vor 12 Min.", "gestern", "morgen", then the day itself."""
    return _relative(value, _local(value), style(language))


def when(value: date, language: str | None = None) -> tuple[str, str]:
    """How long ago or ahead, and the exact instant or day."""
    local, s = _local(value), style(language)
    return _relative(value, local, s), _exact(local, s)


def side_of_today(value: date) -> int:
    """-1 for a day before today, 0 for today, 1 for one after it."""
    return (value > _today(value)) - (value < _today(value))


# With zone and language looked up already: a list writes dozens of instants, each in two ways.


def _day(local: date, s: Style) -> str:
    return s.day.format(d=local.day, m=local.month, y=local.year, month=s.months[local.month - 1])


def _short_day(local: date, today: date, s: Style) -> str:
    if local.year != today.year:
        return _day(local, s)
    return s.short_day.format(d=local.day, month=s.months[local.month - 1])


def _clock_time(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def _exact(local: date, s: Style) -> str:
    text = _day(local, s)
    return f"{text}, {_clock_time(local)}" if isinstance(local, datetime) else text


def _relative(value: date, local: date, s: Style) -> str:
    if isinstance(value, datetime):
        minutes = round((value - clock.now()).total_seconds() / 60)
        if minutes == 0:
            return s.now
        if abs(minutes) < 60:
            return s.minutes[minutes > 0].format(n=abs(minutes))
        hours = round(minutes / 60)
        if abs(hours) < 12:
            return s.hours[hours > 0].format(n=abs(hours))
    today = _today(value)
    calendar_day = local.date() if isinstance(local, datetime) else local
    near = {-1: s.yesterday, 0: s.today, 1: s.tomorrow}
    return near.get((calendar_day - today).days) or _short_day(local, today, s)


def _today(value: date) -> date:
    """The day to compare with: a day is one of the company's, an instant the reader's."""
    if isinstance(value, datetime):
        return timezone.localtime(clock.now()).date()
    return clock.today(settings.COMPANY_ZONE)


def _local(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) else value
