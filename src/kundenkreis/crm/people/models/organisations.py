"""Companies, authorities, clubs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models.contact_details import Reachable
from kundenkreis.kernel.record import Record, due_index


class Organisation(Reachable, Record):
    """A company, authority or club."""

    name = models.CharField(_("Name"), max_length=160)
    industry = models.CharField(_("Industry"), max_length=80, blank=True)
    employees = models.PositiveIntegerField(_("Employees"), null=True, blank=True)
    revenue_minor = models.BigIntegerField(_("Annual revenue"), null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, default="EUR", blank=True)
    founded = models.PositiveSmallIntegerField(_("Founded"), null=True, blank=True)
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

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        indexes = [
            models.Index(fields=["name", "id"], name="organisation_name"),
            models.Index(fields=["changed_at", "id"], name="organisation_changed"),
            due_index("organisation_due"),
        ]

    def __str__(self) -> str:
        return self.name
