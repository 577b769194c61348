"""Contact details in one form: as people read them, and folded for comparison."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import ContactDetail
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.text import fold, normal

HOME = "DE"  # what a number without a country code belongs to


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
    try:
        number = phonenumbers.parse(re.sub(r"^00", "+", value), HOME)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise DomainError(
            _("This is not a phone number."),
            _("A number looks like +49 3641 123456 or 03641 123456."),
            field="value",
        )
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return shown, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
