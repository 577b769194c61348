"""What the tax authorities answered about VAT IDs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class VatCheck(models.Model):
    """One question to the service that knows VAT IDs, and its answer: the proof that it was asked.

    `request_id` is the service's own number of the question, by which the authorities find it;
    `name` and `address` are what they have under the VAT ID, as far as their country tells.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("being checked")
        VALID = "valid", _("valid")
        INVALID = "invalid", _("not valid")
        FAILED = "failed", _("could not be checked")

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(
        "crm_people.Organisation", models.CASCADE, related_name="vat_checks"
    )
    vat_id = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=80, blank=True, default="")
    request_id = models.CharField(max_length=60, blank=True, default="")
    name = models.CharField(max_length=300, blank=True, default="")
    address = models.CharField(max_length=500, blank=True, default="")
