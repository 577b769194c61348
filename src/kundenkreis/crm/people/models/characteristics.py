"""What is known of people beyond their address, and from where."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models.persons import Person
from kundenkreis.kernel.record import Record, due_index


class Characteristic(Record):
    """One thing known of a person: a preference, a concern, a circumstance of life.

    Each says where it comes from, whether the person said it or we concluded it, and what allows
    us to keep it.
    """

    class Kind(models.TextChoices):
        PREFERENCE = "preference", _("Preference")
        CONCERN = "concern", _("Concern")
        CIRCUMSTANCE = "circumstance", _("Circumstance of life")

    class Origin(models.TextChoices):
        STATED = "stated", _("said by the person")
        DERIVED = "derived", _("concluded by us")

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="characteristics", verbose_name=_("Person")
    )
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices)
    text = models.CharField(_("What is known"), max_length=200)
    origin = models.CharField(
        _("Known because"), max_length=7, choices=Origin.choices, default=Origin.STATED
    )
    source = models.CharField(
        _("Source"), max_length=80, help_text=_("e.g. conversation at a fair")
    )
    legal_basis = models.CharField(
        _("Legal basis"), max_length=40, choices=Person.LegalBasis.choices
    )
    learned_on = models.DateField(_("Known since"))

    class Meta:
        verbose_name = _("characteristic")
        verbose_name_plural = _("characteristics")
        indexes = [due_index("characteristic_due")]

    def __str__(self) -> str:
        return self.text
