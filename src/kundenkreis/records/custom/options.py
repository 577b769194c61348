"""What is said of a field besides what all have: the choices, the places of a number, …"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.fields import LANGUAGES
from kundenkreis.kernel.money import CURRENCIES, CURRENCY
from kundenkreis.kernel.text import without_umlauts
from kundenkreis.records.custom import formulas
from kundenkreis.records.custom.types import FIELD_TYPES, FORMULA
from kundenkreis.records.registry import TYPES

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType

MOST_CHOICES = 200
MOST_PLACES = 6


def clean(
    kind: RecordType, sort: str, options: Mapping[str, Any], name: str = ""
) -> dict[str, Any]:
    """Those of the options that the type has, complete, of the field `name` if it is there already.

    Raises `DomainError` naming the input.
    """
    found = {name: _CLEAN[name](kind, options.get(name)) for name in FIELD_TYPES[sort].options}
    return found | (formulas.settled(kind, str(found["formula"]), name) if sort == FORMULA else {})


def offered_targets(kind: RecordType) -> list[RecordType]:
    """The types whose records a field may name: all of its side."""
    return [one for one in TYPES.values() if one.side is kind.side]


def texts(said: Any) -> dict[str, str]:
    """A text in the languages it was given in."""
    found = {code: str((said or {}).get(code) or "").strip() for code in LANGUAGES}
    return {code: text for code, text in found.items() if text}


def plain_name(label: Mapping[str, str], longest: int) -> str:
    """A name for programs, made of a label: `favourite_colour`."""
    text = without_umlauts(label.get("en") or next(iter(label.values())))
    return re.sub(r"[^a-z0-9]+", "_", slugify(text)).strip("_")[:longest].strip("_")


def free_name(wanted: str, taken: set[str]) -> str:
    """That name, with a number if somebody has it already."""
    number, name = 1, wanted
    while name in taken:
        number, name = number + 1, f"{wanted}_{number + 1}"
    return name


def _choices(kind: RecordType, given: Any) -> list[dict[str, Any]]:
    """Choices in order; a new one gets a value that stays, whatever becomes of its label."""
    found: list[dict[str, Any]] = []
    taken = {str(one["value"]) for one in given or () if one.get("value")}
    for one in given or ():
        label = texts(one.get("label"))
        if not label:
            continue
        value = str(one.get("value") or free_name(plain_name(label, 30) or "choice", taken))
        taken.add(value)
        found.append({"value": value, "label": label, "archived": bool(one.get("archived"))})
    if not any(not one["archived"] for one in found):
        raise DomainError(
            _("There is nothing to choose from."),
            hint=_("Write each choice on a line of its own."),
            field="choices",
        )
    said = [text for one in found for text in set(one["label"].values())]
    if len(said) != len(set(said)) or len(found) > MOST_CHOICES:
        raise DomainError(
            _("Each choice needs a name of its own."),
            _("There may be up to %(n)d.") % {"n": MOST_CHOICES},
            field="choices",
        )
    return found


def _places(kind: RecordType, given: Any) -> int:
    places = int(given or 0)
    if not 0 <= places <= MOST_PLACES:
        raise DomainError(
            _("A number has up to %(n)d decimal places.") % {"n": MOST_PLACES}, field="places"
        )
    return places


def _currency(kind: RecordType, given: Any) -> str:
    """Empty where each record says its own."""
    if not given and any(one.name == "currency" for one in kind.model._meta.concrete_fields):
        return ""
    code = str(given or CURRENCY)
    if code not in CURRENCIES:
        raise DomainError(_("Choose a currency."), field="currency")
    return code


def _target(kind: RecordType, given: Any) -> str:
    target = TYPES.get(str(given))
    if target is None or target.side is not kind.side:
        raise DomainError(_("Choose what records the field names."), field="target")
    return target.name


def _formula(kind: RecordType, given: Any) -> str:
    return str(given or "")


_CLEAN = {
    "choices": _choices,
    "places": _places,
    "currency": _currency,
    "target": _target,
    "formula": _formula,
}
