"""How to reach people and organisations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.countries import country_choices
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
    def postal(self) -> ContactDetail | None:
        """The preferred postal address; read at once for all of a list."""
        if prefetched(self, "contact_details"):
            kind = ContactDetail.Kind.POSTAL
            return next((one for one in self.details if one.kind == kind), None)
        records = together(self, "postal")
        holder = f"{self._meta.model_name}_id"
        rows = ContactDetail.objects.filter(**{f"{holder}__in": [one.pk for one in records]})
        found: dict[int, ContactDetail] = {}
        for row in rows.filter(kind=ContactDetail.Kind.POSTAL).order_by("-is_primary", "id"):
            found.setdefault(getattr(row, holder), row)
        for one in records:
            one.__dict__["postal"] = found.get(one.pk)
        return found.get(self.pk)

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
    """One way to reach a person or an organisation; each may have several.

    A postal address has its parts beside the `value` that is made of them; one whose parts are not
    known has the value only.
    """

    stands_for = "kind"

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        POSTAL = "postal", _("Postal address")
        HANDLE = "handle", _("Handle")

    class State(models.TextChoices):
        """What is known of whether one reaches somebody there."""

        UNKNOWN = "", _("not checked")
        VERIFIED = "verified", _("confirmed")
        BOUNCED = "bounced", _("does not arrive")

    person = models.ForeignKey(
        "crm_people.Person",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="contact_details",
        db_index=False,  # below, with what is asked of a person's details most
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
    street = models.CharField(_("Street"), max_length=120, blank=True, default="", db_default="")
    postal_code = models.CharField(
        _("Postal code"), max_length=12, blank=True, default="", db_default=""
    )
    town = models.CharField(_("Town"), max_length=80, blank=True, default="", db_default="")
    country = models.CharField(
        _("Country"), max_length=2, blank=True, default="", db_default="", choices=country_choices
    )
    label = models.CharField(_("Label"), max_length=40, blank=True)
    is_primary = models.BooleanField(_("Preferred"), default=False)
    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)
    source = models.CharField(_("Source"), max_length=80, blank=True, default="", db_default="")
    state = models.CharField(
        _("State"), max_length=8, blank=True, default="", db_default="", choices=State.choices
    )
    state_on = models.DateField(_("State since"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("contact detail")
        verbose_name_plural = _("contact details")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) ^ models.Q(organisation__isnull=False),
                name="contact_detail_has_one_holder",
            )
        ]
        indexes = [
            models.Index(
                fields=["country", "postal_code"],
                name="contact_detail_place",
                condition=~models.Q(postal_code=""),
            ),
            models.Index(fields=["person", "folded"], name="contact_detail_person"),
            # Whether one reaches somebody, and who can be reached at all (`contacting_rows`).
            models.Index(
                fields=["kind", "person", "state", "valid_from", "valid_until"],
                name="contact_detail_kind",
                condition=models.Q(person__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.value

    def is_usable(self, today: date) -> bool:
        """Whether somebody may be reached there on a day, as far as is known."""
        began = self.valid_from is None or self.valid_from <= today
        ended = self.valid_until is not None and self.valid_until < today
        return began and not ended and self.state != self.State.BOUNCED
