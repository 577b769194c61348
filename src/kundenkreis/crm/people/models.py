"""Qualified people and organisations, how to reach them, and what happened with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.models import LogRow
from kundenkreis.kernel.record import Record, due_index, prefetched, together

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager
    from django_stubs_ext import StrOrPromise


def language_choices() -> list[tuple[str, StrOrPromise]]:
    """The languages customers are written to; those we speak ourselves first."""
    return [
        ("de", _("German")), ("en", _("English")), ("fr", _("French")), ("it", _("Italian")),
        ("nl", _("Dutch")), ("pl", _("Polish")), ("cs", _("Czech")), ("es", _("Spanish")),
        ("da", _("Danish")), ("tr", _("Turkish")), ("uk", _("Ukrainian")), ("ru", _("Russian")),
    ]  # fmt: skip


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


class Employer(NamedTuple):
    """The organisation somebody works for."""

    pk: int
    name: str


class Person(Reachable, Record):
    """A qualified person. How to reach them is in `ContactDetail`; an address is never the key."""

    # By it engage knows the person: without it their objections would be nobody's.
    internal_fields = frozenset({"link_id"})

    class LegalBasis(models.TextChoices):
        """What allows the company to keep the person (GDPR Art. 6(1) a, b, c, f)."""

        CONSENT = "consent", _("Consent")
        CONTRACT = "contract", _("Contract or its preparation")
        DUTY = "duty", _("Legal duty")
        INTEREST = "interest", _("Legitimate interest")

    salutation = models.CharField(_("Salutation"), max_length=20, blank=True)
    first_name = models.CharField(_("First name"), max_length=80, blank=True)
    last_name = models.CharField(_("Last name"), max_length=80, blank=True)
    language = models.CharField(_("Language"), max_length=5, blank=True, choices=language_choices)
    customer_number = models.CharField(
        _("Customer number"), max_length=40, null=True, blank=True, unique=True
    )
    source = models.CharField(_("Source"), max_length=80, blank=True)
    legal_basis = models.CharField(
        _("Legal basis"), max_length=40, choices=LegalBasis.choices, blank=True
    )
    # The only thing both sides know of a person in common.
    link_id = models.UUIDField(null=True, unique=True, editable=False)
    is_customer = models.BooleanField(_("Customer"), default=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        indexes = [
            models.Index(fields=["last_name", "first_name", "id"], name="person_name"),
            models.Index(fields=["changed_at", "id"], name="person_changed"),
            due_index("person_due"),
        ]

    def __str__(self) -> str:
        name = f"{self.first_name} {self.last_name}".strip()
        return name or (
            f"{_('Customer')} {self.customer_number}" if self.customer_number else f"#{self.pk}"
        )

    @cached_property
    def employments(self) -> list[Affiliation]:
        """Where they work; only what may be read where the read door said so."""
        if prefetched(self, "affiliations"):
            return list(self.affiliations.all())
        return list(self.affiliations.select_related("organisation").order_by("until", "id"))

    @cached_property
    def employer(self) -> Employer | None:
        """Where they work first of all; read at once for all of a list."""
        if prefetched(self, "affiliations"):
            own = [Employer(one.organisation_id, one.organisation.name) for one in self.employments]
            return next(iter(own), None)
        records = together(self, "employer")
        rows = Affiliation.objects.filter(person__in=[one.pk for one in records])
        found: dict[int, Employer] = {}
        for pk, organisation, name in rows.order_by("until", "id").values_list(
            "person", "organisation", "organisation__name"
        ):
            found.setdefault(pk, Employer(organisation, name))
        for one in records:
            one.__dict__["employer"] = found.get(one.pk)
        return found.get(self.pk)


class CustomerId(models.Model):
    """The number by which a source of orders, such as a shop, knows a person.

    Numbers of two sources have nothing to do with each other, unless the company says that they
    are its own: then they are `company_wide`.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="customer_ids")
    source = models.CharField(max_length=80)
    number = models.CharField(max_length=200)
    company_wide = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "source"], name="customer_id_once")
        ]


class Organisation(Reachable, Record):
    """A company, authority or club."""

    name = models.CharField(_("Name"), max_length=160)
    industry = models.CharField(_("Industry"), max_length=80, blank=True)
    employees = models.PositiveIntegerField(_("Employees"), null=True, blank=True)
    revenue_minor = models.BigIntegerField(_("Annual revenue"), null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, default="EUR", blank=True)
    founded = models.PositiveSmallIntegerField(_("Founded"), null=True, blank=True)
    country = models.CharField(_("Country"), max_length=80, blank=True)
    website = models.URLField(_("Website"), blank=True)
    customer_number = models.CharField(
        _("Customer number"), max_length=40, null=True, blank=True, unique=True
    )
    source = models.CharField(_("Source"), max_length=80, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name=_("Part of"),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        indexes = [
            models.Index(fields=["name", "id"], name="organisation_name"),
            models.Index(fields=["changed_at", "id"], name="organisation_changed"),
            due_index("organisation_due"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactDetail(Record):
    """One way to reach a person or an organisation; each may have several."""

    stands_for = "kind"

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        POSTAL = "postal", _("Postal address")
        HANDLE = "handle", _("Handle")

    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="contact_details"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="contact_details"
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


class Affiliation(Record):
    """A person's role in an organisation, with its dates."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="affiliations")
    function = models.CharField(_("Function"), max_length=80, blank=True)
    since = models.DateField(_("Since"), null=True, blank=True)
    until = models.DateField(_("Until"), null=True, blank=True)

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")


class TimelineEntry(LogRow):
    """One thing that happened with a person or organisation, on any channel.

    `reference` names what it is about (`crm.order:17`, `engage.campaign:3`); `key` makes an entry
    that arrives twice count once. `recorded_at` is when it came here, for an import long after `at`.
    """

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="timeline")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="timeline"
    )
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    reference = models.CharField(max_length=80, blank=True)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="timeline_person"),
            models.Index(fields=["organisation", "-at", "-id"], name="timeline_organisation"),
            models.Index(fields=["reference", "-at", "-id"], name="timeline_reference"),
        ]


class SharedFacts(models.Model):
    """What the other side has been told about a person; derived from orders and the like.

    `facts` is `{name: {"value": …, "purpose": …}}`; `version` goes up with every change, so that
    the newest state wins wherever it arrives.
    """

    person = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="shared_facts"
    )
    facts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)


class ContactPermission(models.Model):
    """The crm's projection of the consent ledger, which lives in engage.

    The subject is an address, a phone number, a cookie id, or the link id of a `person` who told
    staff. Nothing here allows what the ledger has not allowed.
    """

    id = models.BigAutoField(primary_key=True)
    link_id = models.UUIDField(null=True, db_index=True)
    subject_kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=320)
    purpose = models.CharField(max_length=50)
    channel = models.CharField(max_length=20)
    granted = models.BooleanField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject", "purpose", "channel"],
                name="contact_permission_once",
            )
        ]
