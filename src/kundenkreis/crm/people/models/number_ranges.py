"""Ranges from which customers get their numbers."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.record import Record, due_index

MOST_DIGITS = 12


class NumberRange(Record):
    """How new customer numbers look, and which one is next: "K-" with five digits gives K-00042."""

    class Of(models.TextChoices):
        PERSON = "person", _("Persons")
        ORGANISATION = "organisation", _("Organisations")

    of = models.CharField(_("For"), max_length=12, choices=Of.choices, unique=True)
    prefix = models.CharField(
        _("Begins with"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^\S*$", _("No spaces, please."))],
    )
    digits = models.PositiveSmallIntegerField(
        _("Digits"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DIGITS)],
        help_text=_("Filled up with zeros in front."),
    )
    next_number = models.PositiveBigIntegerField(
        _("Next number"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(10**MOST_DIGITS - 1)],
    )
    automatic = models.BooleanField(
        _("Give a number to every customer"),
        default=False,
        help_text=_("As soon as somebody is a customer; organisations as soon as they are made."),
    )

    class Meta:
        verbose_name = _("number range")
        verbose_name_plural = _("number ranges")
        indexes = [due_index("numberrange_due")]

    def __str__(self) -> str:
        return f"{self.get_of_display()}: {self.written(self.next_number)}"

    def written(self, number: int) -> str:
        """A number of this range as it stands on letters."""
        return f"{self.prefix}{number:0{self.digits}}"
