"""Conditions in words."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any as Whatever

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kundenkreis.kernel.conditions.kinds import Operand
from kundenkreis.kernel.conditions.periods import Duration, Period, Unit
from kundenkreis.kernel.conditions.tree import All, Any, Compare, Node, Not
from kundenkreis.kernel.conditions.vocabulary import Field, Vocabulary
from kundenkreis.kernel.money import Money

GROUPS = {
    "all": gettext_lazy("All of these"),
    "any": gettext_lazy("At least one of these"),
    "not": gettext_lazy("Not this"),
}

UNITS = {
    Unit.HOURS: gettext_lazy("hours"),
    Unit.DAYS: gettext_lazy("days (24 hours each)"),
    Unit.WEEKS: gettext_lazy("weeks (7 × 24 hours each)"),
    Unit.CALENDAR_DAYS: gettext_lazy("calendar days, today included"),
    Unit.CALENDAR_WEEKS: gettext_lazy("calendar weeks, this one included"),
    Unit.CALENDAR_MONTHS: gettext_lazy("calendar months, this one included"),
    Unit.CALENDAR_YEARS: gettext_lazy("calendar years, this one included"),
}

PERIODS = {
    Period.YESTERDAY: gettext_lazy("yesterday"),
    Period.TODAY: gettext_lazy("today"),
    Period.TOMORROW: gettext_lazy("tomorrow"),
    Period.LAST_WEEK: gettext_lazy("last week"),
    Period.THIS_WEEK: gettext_lazy("this week"),
    Period.NEXT_WEEK: gettext_lazy("next week"),
    Period.LAST_MONTH: gettext_lazy("last month"),
    Period.THIS_MONTH: gettext_lazy("this month"),
    Period.NEXT_MONTH: gettext_lazy("next month"),
    Period.LAST_YEAR: gettext_lazy("last year"),
    Period.THIS_YEAR: gettext_lazy("this year"),
    Period.NEXT_YEAR: gettext_lazy("next year"),
}


def say(node: Node, vocabulary: Vocabulary) -> str:
    """The node's own line, without what lies below it."""
    match node:
        case All():
            return str(GROUPS["all"])
        case Any():
            return str(GROUPS["any"])
        case Not():
            return str(GROUPS["not"])
        case Compare():
            return _comparison(vocabulary.field(node.field), node)
    return vocabulary.type_of(node).say(node)


def sentence(node: Node, vocabulary: Vocabulary) -> str:
    """The whole tree in one line."""
    match node:
        case All() | Any():
            word = _("and") if isinstance(node, All) else _("or")
            parts = [sentence(child, vocabulary) for child in node.children]
            return f"({f' {word} '.join(parts)})" if len(parts) > 1 else "".join(parts)
        case Not():
            return _("not (%(condition)s)") % {"condition": sentence(node.child, vocabulary)}
    return say(node, vocabulary)


def _comparison(field: Field, node: Compare) -> str:
    operator = field.operator(node.op)
    words = [str(field.label), str(operator.label if operator else node.op)]
    operand = operator.operand if operator else Operand.ONE
    if operand is Operand.MANY:
        words.append(", ".join(shown(field, value) for value in node.value[:20]))
    elif operand is Operand.RANGE:
        ends = {"low": shown(field, node.value[0]), "high": shown(field, node.value[1])}
        words.append(_("%(low)s and %(high)s") % ends)
    elif operand is not Operand.NONE:
        words.append(shown(field, node.value))
    return " ".join(words)


def shown(field: Field, value: Whatever) -> str:
    """A value of a field as people read it."""
    if value is None or value == "":
        return _("missing")
    for choice in field.choices():
        if choice.value == value:
            return str(choice.label)
    return plain(value)


def plain(value: Whatever) -> str:
    """A value as people read it in the active language; instants in the active time zone."""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case int() | float() | Decimal():
            return formats.number_format(value, use_l10n=True, force_grouping=True)
        case Money():
            return f"{formats.number_format(value.amount, use_l10n=True, force_grouping=True)} {value.currency}"
        case datetime():
            return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
        case date():
            return formats.date_format(value, "SHORT_DATE_FORMAT")
        case time():
            return formats.time_format(value, "TIME_FORMAT")
        case Duration():
            return length(value)
        case Period():
            return str(PERIODS[value])
    return str(value)


def length(duration: Duration) -> str:
    """A duration in words."""
    n = duration.n
    match duration.unit:
        case Unit.HOURS:
            text = ngettext("%(n)d hour", "%(n)d hours", n)
        case Unit.DAYS:
            text = ngettext("%(n)d day", "%(n)d days", n)
        case Unit.WEEKS:
            text = ngettext("%(n)d week", "%(n)d weeks", n)
        case Unit.CALENDAR_DAYS:
            text = ngettext("%(n)d calendar day", "%(n)d calendar days", n)
        case Unit.CALENDAR_WEEKS:
            text = ngettext("%(n)d calendar week", "%(n)d calendar weeks", n)
        case Unit.CALENDAR_MONTHS:
            text = ngettext("%(n)d calendar month", "%(n)d calendar months", n)
        case Unit.CALENDAR_YEARS:
            text = ngettext("%(n)d calendar year", "%(n)d calendar years", n)
    return text % {"n": n}
