"""How people stand to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.record import Record, due_index

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Relation(Record):
    """How one customer stands to another: a referral, a family tie, business.

    It reads from the one to the other: "Anna recommended us to Ben". Either is a person or an
    organisation.
    """

    class Kind(models.TextChoices):
        RECOMMENDED = "recommended", _("recommended us to")
        PARTNER = "partner", _("lives with")
        PARENT = "parent", _("is a parent of")
        RELATIVE = "relative", _("is related to")
        KNOWS = "knows", _("knows")
        ADVISES = "advises", _("advises")
        REPRESENTS = "represents", _("acts for")
        REPORTS = "reports", _("reports to")
        SUPPLIES = "supplies", _("supplies")
        COOPERATES = "cooperates", _("works together with")

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
    kind = models.CharField(_("Relation"), max_length=11, choices=Kind.choices)
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
        return f"{one} {self.get_kind_display()} {other}"


# What only people are to each other.
PERSONAL = frozenset({Relation.Kind.PARTNER, Relation.Kind.PARENT, Relation.Kind.RELATIVE})


def seen_from_other(kind: str) -> StrOrPromise:
    """The relation in words as it reads from the other person; many read the same both ways."""
    turned: dict[str, StrOrPromise] = {
        Relation.Kind.RECOMMENDED: _("came to us through"),
        Relation.Kind.PARENT: _("is a child of"),
        Relation.Kind.ADVISES: _("is advised by"),
        Relation.Kind.REPRESENTS: _("is represented by"),
        Relation.Kind.REPORTS: _("leads"),
        Relation.Kind.SUPPLIES: _("is supplied by"),
    }
    return turned.get(kind) or Relation.Kind(kind).label
