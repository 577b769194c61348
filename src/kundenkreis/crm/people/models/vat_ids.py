"""VAT identification numbers, checked by their digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField


class VatIdInput(forms.CharField):
    """A VAT ID of the European Union, Switzerland, Liechtenstein, Norway or the United Kingdom."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return compact(text) if text else ""


class VatIdField(_Text):
    """A VAT ID in its compact form: "DE136695976"."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_length", 20)
        super().__init__(*args, **options)

    def formfield(self, **options: Any) -> Any:
        # Typed with spaces it may be longer than it is stored.
        return VatIdInput(required=not self.blank, label=self.verbose_name, max_length=40)


def compact(text: str) -> str:
    """The number without spaces and the like.

    Raises `ValidationError` when its digits do not belong together or no country has such numbers
    (check digits per country as in Commission Regulation (EU) 904/2010's validation rules, and for
    Switzerland those of the enterprise number, eCH-0097).
    """
    from stdnum.ch import vat as swiss
    from stdnum.eu import vat as european
    from stdnum.exceptions import ValidationError as Wrong
    from stdnum.gb import vat as british
    from stdnum.no import mva as norwegian

    bare = text.upper().replace(" ", "").replace(".", "").replace("-", "")
    known = {"CH": swiss, "LI": swiss, "GB": british, "NO": norwegian}.get(bare[:2], european)
    try:
        found = known.validate(bare)
    except Wrong:
        raise ValidationError(
            _("This is not a valid VAT ID: its digits do not belong together. One looks like DE136695976."),
            code="vat_id",
        ) from None  # fmt: skip
    return str(found) if found[:2] == bare[:2] else bare
