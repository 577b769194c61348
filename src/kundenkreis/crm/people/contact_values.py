"""Contact details in one form: as people read them, and folded for comparison."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import phones
from kundenkreis.crm.people.models import ContactDetail
from kundenkreis.crm.people.postal import PARTS, Postal, postal_from, postal_in
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.text import fold, normal


@lru_cache(maxsize=4_096)
def normalised(kind: str, value: str) -> tuple[str, str]:
    """The value as it is stored and its folded form.

    E-mail addresses fold by case, phone numbers to E.164 (RFC 3966 without "tel:"), the others by
    case and white space. Raises `DomainError` for the field `value` when it cannot be one.
    """
    clean = " ".join(normal(value.replace("\0", "")).split())
    if not clean:
        raise DomainError(_("Enter a value."), field="value")
    if kind == ContactDetail.Kind.EMAIL:
        return _email(clean)
    if kind == ContactDetail.Kind.PHONE:
        return _phone(clean)
    return clean, (fold(clean) or "")[:320]


def folded_way(kind: str, value: str) -> str:
    """The form in which two ways to reach somebody are compared; itself for what cannot be one."""
    try:
        return normalised(kind, value)[1]
    except DomainError:
        return value


def _email(value: str) -> tuple[str, str]:
    try:
        validate_email(value)
    except ValidationError:
        raise DomainError(
            _("This is not an e-mail address."),
            _("An address looks like name@company.example."),
            field="value",
        ) from None
    return value, fold(value) or ""


def _phone(value: str) -> tuple[str, str]:
    number = phones.number(value)
    if number is None and len(phones.several(value)) > 1:
        raise DomainError(
            _("These are several phone numbers."), _("Enter each by itself."), field="value"
        )
    if number is None:
        raise DomainError(
            _("This is not a phone number."),
            _("A number looks like +49 3641 123456 or 03641 123456."),
            field="value",
        )
    return number


def detail_columns(kind: str, value: str, more: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a contact detail as they are stored.

    A postal address is made of its parts where `more` has them, else its parts are read from the
    `value`. Raises `DomainError`.
    """
    columns = {
        name: text.replace("\0", "") if isinstance(text, str) else text
        for name, text in more.items()
    }
    if kind == ContactDetail.Kind.POSTAL:
        said = postal_from(columns) if any(columns.get(name) for name in PARTS) else None
        postal = said or postal_in(value)
        columns |= (postal or Postal()).columns
        value = postal.line if postal else value
    require_order(columns, "valid_from", "valid_until")
    clean, folded = normalised(kind, value)
    return {**columns, "value": clean, "folded": folded}


def require_order(values: Mapping[str, Any], since: str, until: str) -> None:
    """Raises `DomainError` when a time ends before it begins; the columns are named."""
    first, last = values.get(since), values.get(until)
    if first and last and last < first:
        raise DomainError(_("It cannot end before it begins."), field=until)
