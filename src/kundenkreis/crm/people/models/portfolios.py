"""Customers whom one customer relationship manager looks after, in a rhythm."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.record import Record, due_index


class Portfolio(Record):
    """Persons and organisations that its owner keeps in contact with, at least so often."""

    name = models.CharField(_("Name"), max_length=120, unique=True)
    visit_days = models.PositiveSmallIntegerField(
        _("Contact every … days"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(3_650)],
    )
    about = models.TextField(_("Who belongs to it"), max_length=2_000, blank=True)

    class Meta:
        verbose_name = _("portfolio")
        verbose_name_plural = _("portfolios")
        indexes = [due_index("portfolio_due")]

    def __str__(self) -> str:
        return self.name


def portfolio_field(members: str) -> models.ForeignKey[Any, Any]:
    """The portfolio somebody is in; the portfolio knows them as `members`."""
    return models.ForeignKey(
        "crm_people.Portfolio",
        models.PROTECT,
        null=True,
        blank=True,
        related_name=members,
        verbose_name=_("Portfolio"),
    )


def contacted_field() -> models.DateField[Any, Any]:
    """The last day on which somebody spoke with them; follows from the timeline."""
    return models.DateField(_("Last contact"), null=True, blank=True, editable=False)


def waiting_index(name: str) -> models.Index:
    """Finds those of a portfolio who have waited longest."""
    return models.Index(
        fields=["portfolio", "contacted_on", "id"],
        name=name,
        condition=models.Q(portfolio__isnull=False),
    )
