"""Campaigns with their variants, who was put into which, who saw what, and what may be sent."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.segments.models import Segment
from kundenkreis.kernel.fields import Translated, translated
from kundenkreis.kernel.money import CURRENCY
from kundenkreis.kernel.record import Record, due_index


class Campaign(Record):
    """An action for a segment, measured against a control group.

    `window_hours`: orders that long after the first exposure count. `horizon`: number of people
    per group for a pre-registered fixed-horizon analysis; empty = always-valid.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=120)
    segment = models.ForeignKey(
        Segment, models.PROTECT, verbose_name=_("Segment"), null=True, blank=True
    )
    state = models.CharField(
        _("State"), max_length=8, choices=State.choices, default=State.DRAFT, editable=False
    )
    salt = models.CharField(max_length=32, editable=False)
    window_hours = models.PositiveIntegerField(_("Counts orders for (hours)"), default=168)
    currency = models.CharField(_("Currency"), max_length=3, default=CURRENCY)
    horizon = models.PositiveIntegerField(
        _("Fixed number of people per group"), null=True, blank=True
    )
    started_at = models.DateTimeField(_("Started"), null=True, editable=False)
    ended_at = models.DateTimeField(_("Ended"), null=True, editable=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        indexes = [due_index("campaign_due")]

    def __str__(self) -> str:
        return self.name


class Variant(Record):
    """One arm of a campaign's experiment; exactly one is the control group."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="variants")
    slug = models.SlugField()
    label = Translated(_("Label"))
    weight = models.PositiveSmallIntegerField(_("Weight"), default=1)
    is_control = models.BooleanField(_("Control group"), default=False)

    class Meta:
        verbose_name = _("Variant")
        verbose_name_plural = _("Variants")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "slug"], name="variant_slug"),
            models.UniqueConstraint(
                fields=["campaign"], condition=models.Q(is_control=True), name="one_control"
            ),
        ]

    def __str__(self) -> str:
        return translated(self.label)


class Offer(Record):
    """What a variant shows on the site: an interstitial with text, button and voucher."""

    variant = models.OneToOneField(Variant, models.CASCADE, related_name="offer")
    title = Translated(_("Title"))
    text = Translated(_("Text"))
    button = Translated(_("Button"))
    url = models.CharField(_("Target of the button"), max_length=300, blank=True)
    voucher = models.CharField(_("Voucher code"), max_length=60, blank=True)
    legal = Translated(_("Legal hint (e.g. on personalised prices)"))

    class Meta:
        verbose_name = _("Offer")
        verbose_name_plural = _("Offers")

    def __str__(self) -> str:
        return translated(self.title)


class Assignment(models.Model):
    """Which variant a profile is in, frozen at the first decision; its own audit."""

    id = models.BigAutoField(primary_key=True)
    campaign_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    variant_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["profile_id", "campaign_id"], name="assignment_profile")]
        constraints = [
            models.UniqueConstraint(fields=["campaign_id", "profile_id"], name="assigned_once")
        ]


class Exposure(models.Model):
    """That the offer appeared, or would have appeared (control): once per visitor and variant."""

    id = models.BigAutoField(primary_key=True)
    campaign_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    variant_id = models.BigIntegerField()
    shown = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["profile_id"], name="exposure_profile")]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign_id", "profile_id", "variant_id"], name="exposed_once"
            )
        ]


class Delivery(models.Model):
    """One message of a campaign to one profile: the ledger of every sending channel."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        WITHHELD = "withheld", _("Withheld")

    id = models.BigAutoField(primary_key=True)
    campaign_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign_id", "profile_id", "channel"], name="delivered_once"
            )
        ]
