"""A plain type with a field of every kind, for tests: devices that are lent to customers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import Organisation
from kundenkreis.kernel.record import Record, due_index


class Loan(Record):
    """A device that a customer tries out."""

    class State(models.TextChoices):
        READY = "ready", _("Ready")
        LENT = "lent", _("Lent")

    name = models.CharField(_("Name"), max_length=80, unique=True)
    state = models.CharField(_("State"), max_length=8, choices=State.choices, default=State.READY)
    firm = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, verbose_name=_("Organisation")
    )
    lent_on = models.DateField(_("Lent"), null=True, blank=True)
    deposit_minor = models.BigIntegerField(_("Deposit"), null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, default="EUR")
    weight = models.DecimalField(_("Weight"), max_digits=8, decimal_places=3, null=True, blank=True)
    insured = models.BooleanField(_("Insured"), default=False)
    notes = models.TextField(_("Notes"), blank=True)

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        indexes = [due_index("loan_due")]

    def __str__(self) -> str:
        return self.name
