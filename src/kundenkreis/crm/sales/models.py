"""Opportunities in pipelines, products, and orders."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel.fields import Translated, translated
from kundenkreis.kernel.money import CURRENCY
from kundenkreis.kernel.record import Record, due_index


class Pipeline(Record):
    """A way a sale goes; its stages are rows."""

    slug = models.SlugField(unique=True)
    label = Translated(_("Label"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")

    def __str__(self) -> str:
        return translated(self.label)


class Stage(Record):
    """A step of a pipeline, with the chance of winning from here in percent."""

    class Kind(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="stages")
    slug = models.SlugField()
    label = Translated(_("Label"))
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.OPEN)
    probability = models.PositiveSmallIntegerField(_("Probability"), default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["pipeline", "position"]
        constraints = [models.UniqueConstraint(fields=["pipeline", "slug"], name="stage_slug")]

    def __str__(self) -> str:
        return translated(self.label)


class Product(Record):
    """Something that is sold. One that came with an order keeps its source; ours has none."""

    source = models.CharField(_("Source"), max_length=80, blank=True, editable=False)
    sku = models.CharField(_("Article number"), max_length=60)
    name = models.CharField(_("Name"), max_length=160)
    series = models.CharField(_("Series"), max_length=80, blank=True)
    price = models.DecimalField(
        _("List price"), max_digits=15, decimal_places=4, null=True, blank=True
    )
    currency = models.CharField(_("Currency"), max_length=3, default=CURRENCY)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [due_index("product_due")]
        constraints = [models.UniqueConstraint(fields=["source", "sku"], name="product_once")]

    def __str__(self) -> str:
        return self.name


class Competitor(Record):
    """A company that offers our customers the same."""

    name = models.CharField(_("Name"), max_length=120, unique=True)
    website = models.URLField(_("Website"), blank=True)
    strengths = models.TextField(_("What they are better at"), blank=True)
    weaknesses = models.TextField(_("What we are better at"), blank=True)

    class Meta:
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        indexes = [due_index("competitor_due")]

    def __str__(self) -> str:
        return self.name


class Opportunity(Record):
    """A possible sale on its way through a pipeline."""

    title = models.CharField(_("Title"), max_length=160)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("Organisation"),
    )
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("Person"),
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("Product"),
    )
    stage = models.ForeignKey(
        Stage, models.PROTECT, related_name="opportunities", verbose_name=_("Stage")
    )
    competitor = models.ForeignKey(
        Competitor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("Competitor"),
    )
    value_minor = models.BigIntegerField(_("Value"), null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, default=CURRENCY)
    opened_on = models.DateField(_("Opened on"), null=True, blank=True)
    expected_on = models.DateField(_("Expected close"), null=True, blank=True)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True, editable=False)
    stage_since = models.DateTimeField(_("In this stage since"), editable=False)
    source = models.CharField(_("Source"), max_length=80, blank=True)
    lost_reason = models.CharField(_("Reason for loss"), max_length=160, blank=True)
    external_id = models.CharField(
        max_length=80, null=True, blank=True, unique=True, editable=False
    )

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        indexes = [
            models.Index(fields=["stage", "-changed_at", "-id"], name="opportunity_board"),
            # Holds all that a board counts and adds up.
            models.Index(
                fields=["stage", "currency", "closed_on", "value_minor"], name="opportunity_worth"
            ),
            models.Index(fields=["changed_at", "id"], name="opportunity_changed"),
            due_index("opportunity_due"),
        ]

    def __str__(self) -> str:
        return self.title


class Order(Record):
    """A customer's order, or the cancellation of goods (negative amounts), from one source."""

    class Kind(models.TextChoices):
        ORDER = "order", _("Order")
        CANCELLATION = "cancellation", _("Cancellation")

    class State(models.TextChoices):
        PLACED = "placed", _("Placed")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(_("Number"), max_length=80)
    source = models.CharField(_("Source"), max_length=80)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices, default=Kind.ORDER)
    state = models.CharField(
        _("State"), max_length=10, choices=State.choices, default=State.PLACED, editable=False
    )
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("Person"),
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("Organisation"),
    )
    placed_at = models.DateTimeField(_("Placed at"))
    cancelled_at = models.DateTimeField(_("Cancelled at"), null=True, blank=True, editable=False)
    country = models.CharField(_("Country"), max_length=80, blank=True)
    voucher = models.CharField(_("Voucher"), max_length=60, blank=True)
    net_minor = models.BigIntegerField(_("Net"))
    tax_minor = models.BigIntegerField(_("Tax"))
    gross_minor = models.BigIntegerField(_("Gross"))
    currency = models.CharField(_("Currency"), max_length=3)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["person", "placed_at"], name="order_person"),
            models.Index(fields=["placed_at", "id"], name="order_placed"),
            models.Index(fields=["changed_at", "id"], name="order_changed"),
            due_index("order_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="order_once"),
            models.CheckConstraint(
                condition=models.Q(gross_minor=models.F("net_minor") + models.F("tax_minor")),
                name="order_gross_is_net_plus_tax",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One position of an order; amounts are net, `net_minor` is rounded per line."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="order_lines")
    sku = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200, blank=True)
    quantity = models.DecimalField(max_digits=15, decimal_places=3)
    unit_price = models.DecimalField(max_digits=15, decimal_places=4)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    net_minor = models.BigIntegerField()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_once")
        ]


class CustomerScore(models.Model):
    """How recently, often and for how much a person or organisation ordered, each scored against all
    others from 1 to 5, and what that was (`crm.sales.scores`); worked out anew each night."""

    id = models.BigAutoField(primary_key=True)
    person = models.OneToOneField(Person, models.CASCADE, null=True, related_name="score")
    organisation = models.OneToOneField(
        Organisation, models.CASCADE, null=True, related_name="score"
    )
    recency = models.PositiveSmallIntegerField()
    frequency = models.PositiveSmallIntegerField()
    monetary = models.PositiveSmallIntegerField()
    last_at = models.DateTimeField()
    orders = models.PositiveIntegerField()
    net_minor = models.BigIntegerField()

    class Meta:
        verbose_name = _("score of a customer")
        verbose_name_plural = _("scores of customers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) ^ models.Q(organisation__isnull=False),
                name="score_has_one",
            )
        ]


class ScoreNight(models.Model):
    """When the scores of persons or of organisations were worked out, and of how many customers."""

    id = models.BigAutoField(primary_key=True)
    of = models.CharField(max_length=12, unique=True)
    at = models.DateTimeField()
    customers = models.BigIntegerField()
