"""Who belongs to which organisation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.record import Record


class Affiliation(Record):
    """A person's role in an organisation, with its dates."""

    person = models.ForeignKey("crm_people.Person", models.CASCADE, related_name="affiliations")
    organisation = models.ForeignKey(
        "crm_people.Organisation", models.CASCADE, related_name="affiliations"
    )

    class Role(models.TextChoices):
        """What somebody is in a purchase (the buying centre of Webster and Wind, 1972)."""

        INITIATOR = "initiator", _("starts it")
        USER = "user", _("will use it")
        INFLUENCER = "influencer", _("influences")
        DECIDER = "decider", _("decides")
        BUYER = "buyer", _("buys")
        GATEKEEPER = "gatekeeper", _("lets through or blocks")

    function = models.CharField(_("Function"), max_length=80, blank=True)
    since = models.DateField(_("Since"), null=True, blank=True)
    until = models.DateField(_("Until"), null=True, blank=True)
    buying_role = models.CharField(
        _("Role in purchases"),
        max_length=10,
        blank=True,
        default="",
        db_default="",
        choices=Role.choices,
    )

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
