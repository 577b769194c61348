"""Where addresses are, and areas that somebody looks after."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models.contact_details import ContactDetail
from kundenkreis.crm.people.places.areas import validate_postal_codes, validate_states
from kundenkreis.crm.people.places.corners import validate_corners
from kundenkreis.kernel.record import Record, due_index


class Place(models.Model):
    """A postal code and a place that has it; without a code, a place alone.

    `folded` is the name as places are looked up by it (`naming.key`). What somebody imported is not
    `shipped`, and stays when the shipped ones are exchanged.
    """

    country = models.CharField(max_length=2)
    postal_code = models.CharField(max_length=12, blank=True, default="")
    name = models.CharField(max_length=120)
    folded = models.CharField(max_length=120)
    region = models.CharField(max_length=6, blank=True, default="")
    latitude = models.FloatField()
    longitude = models.FloatField()
    shipped = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["postal_code", "country"], name="place_code"),
            models.Index(fields=["folded", "country"], name="place_name"),
        ]

    def __str__(self) -> str:
        return f"{self.postal_code} {self.name}".strip()


class Location(models.Model):
    """Where a postal address is, as far as that is known: derived from it, and kept with it.

    `is_main` is the address that lists show, and by which its holder is looked for. `x`, `y`, `z`
    are the same point on the unit sphere, and `band` is the strip of latitude it lies in
    (`places.distance`).
    """

    class Precision(models.TextChoices):
        """What of the address was recognised."""

        CODE = "code", _("postal code")
        PLACE = "place", _("place")
        NONE = "", _("not found")

    class Source(models.TextChoices):
        GEOCODED = "geocoded", _("from the table of places")
        GIVEN = "given", _("given")

    detail = models.OneToOneField(
        ContactDetail, models.CASCADE, primary_key=True, related_name="location"
    )
    person_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    is_main = models.BooleanField(default=False)
    country = models.CharField(max_length=2, blank=True, default="")
    postal_code = models.CharField(max_length=12, blank=True, default="")
    region = models.CharField(max_length=6, blank=True, default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    band = models.SmallIntegerField(null=True)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    z = models.FloatField(null=True)
    precision = models.CharField(max_length=5, choices=Precision.choices, blank=True, default="")
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.GEOCODED)
    # Whether the place that the address names has the postal code that it names; empty: unknown.
    agrees = models.BooleanField(null=True)

    class Meta:
        indexes = [
            # With all that a search around a place asks for, so that it reads the index alone.
            models.Index(
                fields=[
                    "band",
                    "longitude",
                    "latitude",
                    "x",
                    "y",
                    "z",
                    f"{holder}_id",
                    "is_main",
                ],
                name=f"location_{holder}",
                condition=models.Q(is_main=True, **{f"{holder}_id__isnull": False}),
            )
            for holder in ("person", "organisation")
        ] + [
            models.Index(fields=["person_id"], name="location_of_person"),
            models.Index(fields=["organisation_id"], name="location_of_organisation"),
            models.Index(fields=["region"], name="location_region"),
            models.Index(fields=["postal_code"], name="location_code"),
        ]

    def __str__(self) -> str:
        return f"{self.postal_code} {self.region}".strip()

    @property
    def follows(self) -> str:
        """The address that it is worked out from and goes with."""
        return f"crm.contactdetail:{self.pk}"


class Territory(Record):
    """An area with somebody who looks after it: all of what is named in any of its fields."""

    name = models.CharField(_("Name"), max_length=80)
    postal_codes = models.TextField(
        _("Postal codes"),
        blank=True,
        default="",
        validators=[validate_postal_codes],
        help_text=_("Beginnings are enough: 07, 98–99; of other countries with letters: A-10"),
    )
    states = models.TextField(
        _("States"),
        blank=True,
        default="",
        validators=[validate_states],
        help_text=_("e.g. Thuringia, Saxony, Tyrol"),
    )
    centre = models.CharField(
        _("Around"),
        max_length=80,
        blank=True,
        default="",
        help_text=_("A place or postal code, with a radius"),
    )
    radius = models.PositiveIntegerField(_("Radius (km)"), null=True, blank=True)
    outline = models.TextField(
        _("Drawn area"),
        blank=True,
        default="",
        validators=[validate_corners],
        help_text=_("Easiest on the map; or corners as latitude and longitude: 50.93 11.59; …"),
    )
    about = models.TextField(_("Remarks"), blank=True, default="")

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        indexes = [due_index("territory_due")]

    def __str__(self) -> str:
        return self.name
