"""Qualified people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models.affiliations import Affiliation
from kundenkreis.crm.people.models.contact_details import Reachable
from kundenkreis.crm.people.models.portfolios import (
    contacted_field,
    portfolio_field,
    waiting_index,
)
from kundenkreis.kernel.record import Record, due_index, prefetched, together
from kundenkreis.kernel.sorting import Sorted

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def language_choices() -> list[tuple[str, StrOrPromise]]:
    """The languages customers are written to; those we speak ourselves first."""
    return [
        ("de", _("German")), ("en", _("English")), ("fr", _("French")), ("it", _("Italian")),
        ("nl", _("Dutch")), ("pl", _("Polish")), ("cs", _("Czech")), ("es", _("Spanish")),
        ("da", _("Danish")), ("tr", _("Turkish")), ("uk", _("Ukrainian")), ("ru", _("Russian")),
    ]  # fmt: skip


class Employer(NamedTuple):
    """The organisation somebody works for."""

    pk: int
    name: str


class Person(Reachable, Record):
    """A qualified person. How to reach them is in `ContactDetail`; an address is never the key."""

    # By it engage knows the person: without it their objections would be nobody's.
    internal_fields = frozenset({"link_id"})
    unaudited_fields = frozenset({"contacted_on"})

    class Origin(models.TextChoices):
        """How the data came in; it decides by which article somebody is told of them."""

        SELF = "self", _("from themselves")
        PUBLIC = "public", _("from publicly accessible sources")
        OTHER = "other", _("from somebody else")

    class LegalBasis(models.TextChoices):
        """What allows the company to keep the person (GDPR Art. 6(1) a, b, c, f)."""

        CONSENT = "consent", _("Consent")
        CONTRACT = "contract", _("Contract or its preparation")
        DUTY = "duty", _("Legal duty")
        INTEREST = "interest", _("Legitimate interest")

    class Address(models.TextChoices):
        """How the person is spoken to: in German with "Sie" or with "du"."""

        FORMAL = "formal", _("formal (Sie)")
        INFORMAL = "informal", _("informal (du)")

    class Ended(models.TextChoices):
        """Why nobody does business with the person any more."""

        RETIRED = "retired", _("retired")
        DECEASED = "deceased", _("deceased")

    salutation = models.CharField(_("Salutation"), max_length=20, blank=True)
    title = models.CharField(_("Title"), max_length=40, blank=True, default="", db_default="")
    first_name = models.CharField(_("First name"), max_length=80, blank=True)
    name_prefix = models.CharField(
        _("Name prefix"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("e.g. von, de la"),
    )
    last_name = models.CharField(_("Last name"), max_length=80, blank=True)
    name_suffix = models.CharField(
        _("Name suffix"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("e.g. jun., MBA"),
    )
    form_of_address = models.CharField(
        _("Form of address"),
        max_length=8,
        choices=Address.choices,
        blank=True,
        default="",
        db_default="",
    )
    birth_date = models.DateField(_("Date of birth"), null=True, blank=True)
    profession = models.CharField(
        _("Profession"), max_length=80, blank=True, default="", db_default=""
    )
    language = models.CharField(_("Language"), max_length=5, blank=True, choices=language_choices)
    customer_number = models.CharField(
        _("Customer number"), max_length=40, null=True, blank=True, unique=True
    )
    source = models.CharField(_("Source"), max_length=80, blank=True)
    legal_basis = models.CharField(
        _("Legal basis"), max_length=40, choices=LegalBasis.choices, blank=True
    )
    origin = models.CharField(
        _("Data come from"),
        max_length=6,
        choices=Origin.choices,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: as source and legal basis propose."),
    )
    # The only thing both sides know of a person in common.
    link_id = models.UUIDField(null=True, unique=True, editable=False)
    is_customer = models.BooleanField(_("Customer"), default=False)
    ended = models.CharField(
        _("No longer active"),
        max_length=8,
        choices=Ended.choices,
        blank=True,
        default="",
        db_default="",
    )
    ended_on = models.DateField(_("No longer active since"), null=True, blank=True)
    portfolio = portfolio_field("persons")
    contacted_on = contacted_field()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        indexes = [
            models.Index(Sorted("last_name"), Sorted("first_name"), "id", name="person_sorted"),
            # Of one owner in that order: a list of one's own, a group.
            models.Index(
                "owner_id", Sorted("last_name"), Sorted("first_name"), "id", name="person_owned"
            ),
            models.Index(fields=["changed_at", "id"], name="person_changed"),
            waiting_index("person_waiting"),
            due_index("person_due"),
        ]

    def __str__(self) -> str:
        return self.full_name or (
            f"{_('Customer')} {self.customer_number}" if self.customer_number else f"#{self.pk}"
        )

    @property
    def full_name(self) -> str:
        """All parts of the name in their order: "Dr. Anna von Berg jun."; empty without any."""
        if not self.first_name and not self.last_name:
            return ""
        parts = (self.title, self.first_name, self.name_prefix, self.last_name, self.name_suffix)
        return " ".join(part for part in parts if part)

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
