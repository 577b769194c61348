"""Whose data are kept but must not be used."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Restriction(models.Model):
    """That a person's data are kept but must not be used (GDPR Art. 18, § 35 BDSG), and why.

    While it stands, the person is not changed, not advertised to, and seen only by whoever needs it.
    """

    class Reason(models.TextChoices):
        ARCHIVE = "archive", _("Erased, but business records have to be kept")
        CONTESTED = "contested", _("The person contests that it is right (Art. 18(1)(a))")
        UNLAWFUL = "unlawful", _("Unlawful, but the person does not want erasure (Art. 18(1)(b))")
        CLAIMS = "claims", _("The person needs it for legal claims (Art. 18(1)(c))")
        OBJECTION = "objection", _("Objected; being weighed (Art. 18(1)(d))")
        ERASING = "erasing", _("Being erased")

    id = models.BigAutoField(primary_key=True)
    person = models.OneToOneField(
        "crm_people.Person", models.CASCADE, related_name="restriction", verbose_name=_("Person")
    )
    reason = models.CharField(_("Reason"), max_length=9, choices=Reason.choices)
    since = models.DateTimeField(_("Since"))
    until = models.DateField(_("Until"), null=True)
    note = models.CharField(_("Note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
