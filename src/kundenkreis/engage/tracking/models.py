"""What people did: the event log, where it comes from, and what was turned away."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.tracking.labels import event_label
from kundenkreis.kernel.models import LogRow
from kundenkreis.kernel.record import Record, due_index


class Reason(models.TextChoices):
    """Why a single item was not taken."""

    NOT_AN_OBJECT = "not_an_object", _("It is not a JSON object.")
    UNKNOWN_TYPE = "unknown_type", _("Its type is not one of the known calls.")
    NO_IDENTITY = "no_identity", _("It names nobody: anonymousId or userId is needed.")
    BAD_IDENTITY = (
        "bad_identity",
        _("Its anonymousId or userId is no text of at most 200 characters."),
    )
    NO_NAME = "no_name", _("The event has no name, or one above 80 characters.")
    BAD_TIMESTAMP = "bad_timestamp", _("Its timestamp is not ISO 8601.")
    TOO_OLD = "too_old", _("It is older than seven days; older events come by import.")
    TOO_LARGE = "too_large", _("It is larger than 32 KB.")
    BAD_PROPERTIES = "bad_properties", _("Its properties, traits or context are no JSON object.")
    BAD_TEXT = "bad_text", _("It contains characters that cannot be stored.")
    NO_ORDER_ID = "no_order_id", _("The order has no order_id of at most 120 characters.")
    BAD_AMOUNT = "bad_amount", _("The order has no usable total, tax or currency.")
    UNSTORABLE = "unstorable", _("It could not be stored.")


class Source(Record):
    """Something that reports events. Browser keys are public, server keys are secret.

    Every source declares its purpose and legal basis; a browser source needs consent.
    """

    class Kind(models.TextChoices):
        BROWSER = "browser", _("Website")
        SERVER = "server", _("Server")

    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind.choices, editable=False)
    # Sources of one shop share a namespace: its cookie ids and customer ids mean the same people.
    namespace = models.CharField(
        _("Namespace"),
        max_length=40,
        editable=False,
        help_text=_("The same word for the website and the server of one shop."),
    )
    # The public key itself, or the SHA-256 of a secret one.
    write_key = models.CharField(_("Key"), max_length=80, unique=True, editable=False)
    # What customer ids are signed with, derived from the secret key; it does not let anybody report.
    signing_key = models.CharField(max_length=64, blank=True, default="", editable=False)
    purpose = models.CharField(_("Purpose"), max_length=50)
    origins = models.JSONField(_("Allowed origins"), default=list)
    is_active = models.BooleanField(_("Active"), default=True)

    secret_fields = frozenset({"signing_key"})

    class Meta:
        verbose_name = _("event source")
        verbose_name_plural = _("event sources")
        indexes = [due_index("source_due")]

    def __str__(self) -> str:
        return self.name


class Event(LogRow):
    """One thing somebody did. Append-only; late identification goes through the profile.

    `key` groups events of one thing (a cart id, an order id); `value_minor` is in minor units of
    `currency`; `v` is the version of the row's meaning.
    """

    # Constraints and indexes of the relations would cost each event. Both are always filled, but
    # whoever reads events need not be allowed to read what they name, and a profile may be gone.
    source = models.ForeignKey(
        Source,
        models.DO_NOTHING,
        verbose_name=_("Source"),
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    message_id = models.CharField(max_length=100)
    profile = models.ForeignKey(
        Profile,
        models.DO_NOTHING,
        verbose_name=_("Profile"),
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    type = models.CharField(_("Event"), max_length=80)
    key = models.CharField(_("Key (cart, order …)"), max_length=120, blank=True)
    occurred_at = models.DateTimeField(_("Happened"))
    received_at = models.DateTimeField(_("Received"))
    value_minor = models.BigIntegerField(_("Value"), null=True)
    currency = models.CharField(max_length=3, blank=True)
    properties = models.JSONField(default=dict)
    v = models.SmallIntegerField(default=1)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["profile", "type", "occurred_at"], name="event_profile"),
            models.Index(fields=["type", "occurred_at"], name="event_type"),
        ]

    def __str__(self) -> str:
        return str(event_label(self.type))


class SeenMessage(models.Model):
    """Message ids of the last seven days, so that a repeat counts once."""

    id = models.BigAutoField(primary_key=True)
    source_id = models.BigIntegerField()
    message_id = models.CharField(max_length=100)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_id", "message_id"], name="message_once")
        ]


class SeenOrder(models.Model):
    """Orders and cancellations by shop and id, for ten years: a repeat does not count twice.

    `link_id` is the person an order went to the crm for; its cancellation goes to the same.
    `seen_at` is when we learned of it, which for an import is long after its `at`.
    """

    class Kind(models.TextChoices):
        ORDER = "order", _("Order")
        CANCELLATION = "cancellation", _("Cancellation")
        # What a browser says about orders counts once too, but creates nothing.
        BROWSER_ORDER = "browser_order", _("Order seen in the browser")
        BROWSER_CANCELLATION = "browser_cancel", _("Cancellation seen in the browser")

    id = models.BigAutoField(primary_key=True)
    namespace = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    order_id = models.CharField(max_length=120)
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    link_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "kind", "order_id"], name="order_seen_once"
            )
        ]


class RejectedItem(models.Model):
    """An item that could not be taken, with its reason, kept where staff can see it."""

    id = models.BigAutoField(primary_key=True)
    source_id = models.BigIntegerField()
    at = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=200, choices=Reason.choices)
    item = models.JSONField()


class DailyCount(models.Model):
    """Sums per source and day that name nobody.

    `visits` are counted by the browser script for everybody, `visits_seen` are those of visitors
    who agreed; `discarded` are items that were not stored for lack of consent.
    """

    class Kind(models.TextChoices):
        VISITS = "visits", _("Visits")
        VISITS_SEEN = "visits_seen", _("Visits with consent")
        DISCARDED = "discarded", _("Discarded for lack of consent")

    id = models.BigAutoField(primary_key=True)
    source_id = models.BigIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_id", "day", "kind"], name="daily_count_once")
        ]
