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
    function = models.CharField(_("Function"), max_length=80, blank=True)
    since = models.DateField(_("Since"), null=True, blank=True)
    until = models.DateField(_("Until"), null=True, blank=True)

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
