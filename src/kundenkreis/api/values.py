"""Values in JSON, the same out and in, and as conditions write their operands.

| kind      | JSON                                                              |
|-----------|-------------------------------------------------------------------|
| text      | "Berlin"; one in every language: {"de": "Neu", "en": "New"}       |
| choice    | the stored value: "note"                                          |
| number    | whole ones 3; others "2.5", because JSON's own are not exact      |
| money     | {"minor": 1999, "currency": "EUR"}                                |
| date      | "2026-11-21"                                                      |
| datetime  | "2026-11-21T12:00:00Z"                                            |
| time      | "17:30"                                                           |
| boolean   | true                                                              |
| reference | the number of the other record: 17                                |
| words     | ["VIP", "Messe"]                                                  |

null is no value.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.fields import LANGUAGES
from kundenkreis.kernel.money import to_major
from kundenkreis.records import registry
from kundenkreis.records.parsing import plain

if TYPE_CHECKING:
    from kundenkreis.api.resources import Property
    from kundenkreis.records.fields import Info

Read = Callable[[Any], Any]
LONGEST = 10**15  # of a number


def reader(one: Info) -> Read:
    """What makes JSON of this field of a record; most values are JSON as they are."""
    read = attrgetter(one.name)
    if one.kind is Kind.MONEY:
        return lambda record: (
            None
            if (minor := read(record)) is None
            else {"minor": minor, "currency": one.currency(record)}
        )
    write: Callable[[Any], Any] | None = _WRITERS.get(one.kind)
    if write is None:
        return read
    return lambda record: None if (value := read(record)) is None else write(value)


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value


def instant(value: datetime) -> str:
    """An instant in UTC: `2026-11-21T12:00:00.000000Z`."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_WRITERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.NUMBER: _number,
    Kind.DATE: lambda value: value.isoformat(),
    Kind.DATETIME: instant,
    Kind.TIME: lambda value: value.isoformat("minutes"),
    Kind.WORDS: list,
}


def data_of(one: Property, value: Any, currency: str) -> dict[str, Any]:
    """A value as the type's form takes it. Raises `ValidationError` for one of another sort.

    `currency` is that of the record's amounts once the change is made.
    """
    if value is None:
        return {one.name: ""}
    if one.info is None:
        return {one.name: f"#{_whole(value)}" if one.reference else _text(value)}
    found = one.info
    if found.several:
        words = _words(value)
        return {one.name: ", ".join(words) if found.worded else words}
    if found.translated:
        return {f"{one.name}_{n}": text for n, text in enumerate(_languages(value))}
    read: Callable[[Any], Any] = _READERS.get(found.kind, _text)
    if found.kind is Kind.MONEY:
        return {one.name: _money(value, currency)}
    if found.kind is Kind.REFERENCE and found.related is not None and not found.directory:
        return {one.name: _reference(found, value)}
    return {one.name: read(value)}


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(_("This must be a text."))
    if "\0" in value:
        raise ValidationError(_("A text has no NUL characters."))
    value.encode()  # half a character is none; whoever asks answers for it
    return value


def _decimal(value: Any) -> str:
    try:
        number = Decimal(value) if isinstance(value, str | int | Decimal) else None
    except InvalidOperation:
        number = None
    if number is None or isinstance(value, bool) or not number.is_finite():
        raise ValidationError(_("This must be a number, like 3 or “2.5”."))
    if abs(number) > LONGEST or -int(number.as_tuple().exponent) > 15:
        raise ValidationError(_("This number is too long."))
    return plain(number)


def _money(value: Any, currency: str) -> str:
    known = isinstance(value, dict) and value.keys() == {"minor", "currency"}
    if not known or not _is_number(value["minor"]) or abs(value["minor"]) > LONGEST:
        raise ValidationError(_("This must be an amount, like {“minor”: 1999, “currency”: “EUR”}."))
    if value["currency"] != currency:
        raise ValidationError(
            _("The amounts of this record are in %(currency)s.") % {"currency": currency}
        )
    return plain(to_major(value["minor"], currency))


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValidationError(_("This must be a day, like “2026-11-21”.")) from None


def _instant(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else _no_instant()
    except (TypeError, ValueError, OverflowError):
        _no_instant()
        raise


def _no_instant() -> datetime:
    raise ValidationError(_("This must be an instant, like “2026-11-21T12:00:00Z”."))


def _hour(value: Any) -> str:
    try:
        return time.fromisoformat(value).isoformat("minutes")
    except (TypeError, ValueError):
        raise ValidationError(_("This must be a time, like “17:30”.")) from None


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValidationError(_("This must be true or false."))
    return value


def _whole(value: Any) -> str:
    if not _is_number(value) or not 0 < value < 2**63:
        raise ValidationError(_("This must be the number of a record."))
    return str(value)


def _reference(found: Info, value: Any) -> str:
    kind = registry.of_model(found.related)
    return _whole(value) if kind is None or kind.few else f"#{_whole(value)}"


def _words(value: Any) -> Any:
    if not isinstance(value, list) or len(value) > 1000:
        raise ValidationError(_("This must be a list of texts."))
    return [_text(word) for word in value]


def _languages(value: Any) -> list[str]:
    if not isinstance(value, dict) or not value.keys() <= set(LANGUAGES):
        raise ValidationError(_("This must be a text in every language, like {“de”: “Neu”}."))
    return [_text(value.get(code, "")) for code in LANGUAGES]


_READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.NUMBER: _decimal,
    Kind.DATE: _day,
    Kind.DATETIME: _instant,
    Kind.TIME: _hour,
    Kind.BOOLEAN: _truth,
    Kind.REFERENCE: _whole,
}
