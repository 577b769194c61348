"""How to reach people and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.record import Record, prefetched, together

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Reachable(models.Model):
    """Somebody with contact details."""

    if TYPE_CHECKING:
        contact_details: RelatedManager[ContactDetail]

    class Meta:
        abstract = True

    @cached_property
    def details(self) -> list[ContactDetail]:
        """How to reach them, preferred ones first; only what may be known where the read door said
        so."""
        if prefetched(self, "contact_details"):
            return sorted(self.contact_details.all(), key=lambda one: (not one.is_primary, one.pk))
        return list(self.contact_details.order_by("-is_primary", "id"))

    @cached_property
    def addresses(self) -> dict[str, str]:
        """The preferred detail of each kind; read at once for all of a list."""
        if prefetched(self, "contact_details"):
            return {one.kind: one.value for one in reversed(self.details)}
        records = together(self, "addresses")
        holder = f"{self._meta.model_name}_id"
        rows = ContactDetail.objects.filter(**{f"{holder}__in": [one.pk for one in records]})
        found: dict[int, dict[str, str]] = {one.pk: {} for one in records}
        for pk, kind, value in rows.order_by("-is_primary", "id").values_list(
            holder, "kind", "value"
        ):
            found[pk].setdefault(kind, value)
        for one in records:
            one.__dict__["addresses"] = found[one.pk]
        return found[self.pk]


class ContactDetail(Record):
    """One way to reach a person or an organisation; each may have several."""

    stands_for = "kind"

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        POSTAL = "postal", _("Postal address")
        HANDLE = "handle", _("Handle")

    person = models.ForeignKey(
        "crm_people.Person", models.CASCADE, null=True, blank=True, related_name="contact_details"
    )
    organisation = models.ForeignKey(
        "crm_people.Organisation",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="contact_details",
    )
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    value = models.CharField(_("Value"), max_length=320)
    folded = models.CharField(max_length=320, db_index=True, editable=False)
    label = models.CharField(_("Label"), max_length=40, blank=True)
    is_primary = models.BooleanField(_("Preferred"), default=False)

    class Meta:
        verbose_name = _("contact detail")
        verbose_name_plural = _("contact details")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) ^ models.Q(organisation__isnull=False),
                name="contact_detail_has_one_holder",
            )
        ]

    def __str__(self) -> str:
        return self.value
