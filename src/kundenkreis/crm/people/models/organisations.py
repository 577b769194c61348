"""Companies, authorities, clubs, households."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models.contact_details import Reachable
from kundenkreis.crm.people.models.portfolios import (
    contacted_field,
    portfolio_field,
    waiting_index,
)
from kundenkreis.crm.people.models.vat_ids import VatIdField
from kundenkreis.kernel.money import CURRENCY
from kundenkreis.kernel.record import Record, due_index
from kundenkreis.kernel.sorting import Sorted


class Organisation(Reachable, Record):
    """A company, authority or club, or the household of people who live together."""

    unaudited_fields = frozenset({"contacted_on"})

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        AUTHORITY = "authority", _("Authority")
        CLUB = "club", _("Club or foundation")
        HOUSEHOLD = "household", _("Household")

    name = models.CharField(_("Name"), max_length=160)
    kind = models.CharField(
        _("Kind"),
        max_length=9,
        choices=Kind.choices,
        blank=True,
        default=Kind.COMPANY,
        db_default=Kind.COMPANY,
    )
    legal_form = models.CharField(
        _("Legal form"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("e.g. GmbH, KG"),
    )
    vat_id = VatIdField(_("VAT ID"), blank=True, default="", db_default="")
    register_court = models.CharField(
        _("Register court"), max_length=80, blank=True, default="", db_default=""
    )
    register_number = models.CharField(
        _("Register number"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("e.g. HRB 12345"),
    )
    industry = models.CharField(_("Industry"), max_length=80, blank=True)
    employees = models.PositiveIntegerField(_("Employees"), null=True, blank=True)
    revenue_minor = models.BigIntegerField(_("Annual revenue"), null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, default=CURRENCY, blank=True)
    founded = models.PositiveSmallIntegerField(_("Founded"), null=True, blank=True)
    closed_on = models.DateField(_("Closed since"), null=True, blank=True)
    country = models.CharField(_("Country"), max_length=80, blank=True)
    website = models.URLField(_("Website"), blank=True)
    customer_number = models.CharField(
        _("Customer number"), max_length=40, null=True, blank=True, unique=True
    )
    source = models.CharField(_("Source"), max_length=80, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name=_("Part of"),
    )
    portfolio = portfolio_field("organisations")
    contacted_on = contacted_field()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        indexes = [
            models.Index(fields=["name", "id"], name="organisation_name"),  # imports look it up
            models.Index(Sorted("name"), "id", name="organisation_sorted"),
            models.Index("owner_id", Sorted("name"), "id", name="organisation_owned"),
            models.Index(fields=["changed_at", "id"], name="organisation_changed"),
            waiting_index("organisation_waiting"),
            models.Index(
                fields=["vat_id"], name="organisation_vat_id", condition=~models.Q(vat_id="")
            ),
            due_index("organisation_due"),
        ]

    def __str__(self) -> str:
        return self.name
