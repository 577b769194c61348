"""Whether, when and how somebody was told what is kept about them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Informed(models.Model):
    """That a person was told of the processing of their data (GDPR Art. 13, 14), or why not."""

    class How(models.TextChoices):
        LETTER = "letter", _("By letter")
        EMAIL = "email", _("By e-mail")
        FORM = "form", _("With the form")
        SPOKEN = "spoken", _("In conversation")
        KNOWN = "known", _("Not needed: they know it already (Art. 13(4), 14(5)(a))")
        EFFORT = "effort", _("Not needed: impossible or out of proportion (Art. 14(5)(b))")
        LAW = "law", _("Not needed: a law orders the collection (Art. 14(5)(c))")
        SECRET = "secret", _("Not needed: professional secrecy (Art. 14(5)(d))")

    id = models.BigAutoField(primary_key=True)
    person = models.OneToOneField(
        "crm_people.Person", models.CASCADE, related_name="informed", verbose_name=_("Person")
    )
    how = models.CharField(_("How"), max_length=6, choices=How.choices)
    on = models.DateField(_("Informed on"))
    note = models.CharField(_("Note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("information of a person")
        verbose_name_plural = _("information of persons")

    def __str__(self) -> str:
        return f"{self.get_how_display()} {self.on}"
