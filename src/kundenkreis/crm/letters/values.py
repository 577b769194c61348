"""Values of a letterhead: legal forms with what their letters must say, account numbers."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum import exceptions
from stdnum import iban as numbers


class LegalForm(models.TextChoices):
    """What a company is; each is bound to other particulars in its letters."""

    MERCHANT = "ek", _("Registered merchant (e. K.)")
    GMBH = "gmbh", _("GmbH")
    UG = "ug", _("UG (haftungsbeschränkt)")
    AG = "ag", _("AG")
    PARTNERS = "kg", _("OHG, KG, GmbH & Co. KG")
    COOPERATIVE = "eg", _("Cooperative (eG)")
    CLUB = "ev", _("Club (e. V.)")
    NONE = "none", _("Not in a register")


_REGISTERED = ("seat", "register_court", "register_number")
# GmbHG § 35a, AktG § 80, HGB §§ 37a, 125a, GenG § 25a. Clubs and freelancers have no such duty.
_NEEDED: dict[str, tuple[str, ...]] = {
    LegalForm.MERCHANT: _REGISTERED,
    LegalForm.GMBH: (*_REGISTERED, "managers"),
    LegalForm.UG: (*_REGISTERED, "managers"),
    LegalForm.AG: (*_REGISTERED, "managers", "chair"),
    LegalForm.PARTNERS: _REGISTERED,
    LegalForm.COOPERATIVE: (*_REGISTERED, "managers", "chair"),
}


def needed(legal_form: str) -> tuple[str, ...]:
    """The names of the fields that the law asks for in a letter."""
    return _NEEDED.get(legal_form, ())


def iban(text: str) -> None:
    """An account number with its check digits. Raises `ValidationError`."""
    try:
        numbers.validate(text)
    except exceptions.ValidationError as error:
        raise ValidationError(
            _("This IBAN cannot be right: its check digits do not fit.")
        ) from error


def grouped_iban(text: str) -> str:
    """ "DE02 1203 0000 0000 2020 51"."""
    bare = "".join(text.split()).upper()
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))
