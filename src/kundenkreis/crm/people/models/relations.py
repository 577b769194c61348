"""How people stand to each other."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.fields import Translated, translated
from kundenkreis.kernel.record import Record, due_index


class RelationKind(Record):
    """What customers can be to each other, as it reads from both sides: "recommended us to", and
    from the other "came to us through". Shipped ones have a `slug`, by which the product knows them.
    """

    class End(models.TextChoices):
        ANYBODY = "anybody", _("Person or organisation")
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")

    slug = models.SlugField(null=True, blank=True, unique=True, editable=False)
    label = Translated(_("As it reads"), help_text=_("e.g. “recommended us to”"))
    turned = Translated(
        _("As it reads from the other"),
        blank=True,
        help_text=_("e.g. “came to us through”; empty where it reads the same from both."),
    )
    begins = models.CharField(_("From"), max_length=12, choices=End.choices, default=End.ANYBODY)
    ends = models.CharField(_("To"), max_length=12, choices=End.choices, default=End.ANYBODY)
    referral = models.BooleanField(
        _("Is a recommendation"),
        default=False,
        help_text=_("Pages count how often somebody recommended us."),
    )
    position = models.PositiveSmallIntegerField(_("Place in the menu"), default=100)
    archived = models.BooleanField(
        _("Not offered any more"),
        default=False,
        help_text=_("Relations of this kind stay as they are."),
    )

    class Meta:
        verbose_name = _("kind of relation")
        verbose_name_plural = _("kinds of relations")
        ordering = ["position", "id"]
        indexes = [due_index("relationkind_due")]

    def __str__(self) -> str:
        return translated(self.label)

    @property
    def symmetric(self) -> bool:
        """Whether both are the same to each other, such as colleagues."""
        return not any(self.turned.values())

    @property
    def from_other(self) -> str:
        """The relation in words as it reads from the other of the two."""
        return translated(self.turned) or str(self)

    def fits(self, *, person: bool, other: bool) -> bool:
        """Whether it can be between a person or organisation and another, read in this direction."""
        pairs = ((person, other), (other, person)) if self.symmetric else ((person, other),)
        return any(_is_end(self.begins, a) and _is_end(self.ends, b) for a, b in pairs)

    def offers(self, *, person: bool) -> tuple[bool, bool]:
        """Whether a person, or else an organisation, can be the one, and whether the other."""
        both = (person, True), (person, False)
        return (
            any(self.fits(person=one, other=other) for one, other in both),
            any(self.fits(person=other, other=one) for one, other in both),
        )


def _is_end(end: str, person: bool) -> bool:
    wanted = RelationKind.End.PERSON if person else RelationKind.End.ORGANISATION
    return end in (RelationKind.End.ANYBODY, wanted)


class Relation(Record):
    """How one customer stands to another: a referral, a family tie, business.

    It reads from the one to the other: "Anna recommended us to Ben". Either is a person or an
    organisation.
    """

    person = models.ForeignKey(
        "crm_people.Person",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="relations",
        verbose_name=_("Person"),
    )
    organisation = models.ForeignKey(
        "crm_people.Organisation",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="relations",
        verbose_name=_("Organisation"),
    )
    kind = models.ForeignKey(
        RelationKind,
        models.PROTECT,
        related_name="relations",
        limit_choices_to={"archived": False},
        verbose_name=_("Relation"),
    )
    other = models.ForeignKey(
        "crm_people.Person",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="relations_from_others",
        verbose_name=_("Other person"),
    )
    other_organisation = models.ForeignKey(
        "crm_people.Organisation",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="relations_from_others",
        verbose_name=_("Other organisation"),
    )
    note = models.CharField(_("Note"), max_length=200, blank=True)
    since = models.DateField(_("Since"), null=True, blank=True)
    until = models.DateField(_("Until"), null=True, blank=True)
    source = models.CharField(_("Source"), max_length=80, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            *(
                models.UniqueConstraint(fields=[one, "kind", other], name=name)
                for one, other, name in (
                    ("person", "other", "relation_once"),
                    ("person", "other_organisation", "relation_once_to_firm"),
                    ("organisation", "other", "relation_once_of_firm"),
                    ("organisation", "other_organisation", "relation_once_of_firms"),
                )
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) ^ models.Q(organisation__isnull=False),
                name="relation_has_one",
            ),
            models.CheckConstraint(
                condition=models.Q(other__isnull=False)
                ^ models.Q(other_organisation__isnull=False),
                name="relation_has_other",
            ),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=True)
                | models.Q(other_organisation__isnull=True)
                | ~models.Q(organisation=models.F("other_organisation")),
                name="relation_of_two_firms",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True)
                | models.Q(other__isnull=True)
                | ~models.Q(person=models.F("other")),
                name="relation_of_two",
            ),
        ]
        indexes = [due_index("relation_due")]

    def __str__(self) -> str:
        one, other = self.person or self.organisation, self.other or self.other_organisation
        return f"{one} {self.kind} {other}"
