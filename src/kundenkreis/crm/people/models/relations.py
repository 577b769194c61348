"""How people stand to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundenkreis.kernel.record import Record, due_index

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Relation(Record):
    """One person's relation to another: a referral, a family tie, business.

    It reads from `person` to `other`: "Anna recommended us to Ben".
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

    person = models.ForeignKey(
        "crm_people.Person", models.CASCADE, related_name="relations", verbose_name=_("Person")
    )
    kind = models.CharField(_("Relation"), max_length=11, choices=Kind.choices)
    other = models.ForeignKey(
        "crm_people.Person",
        models.CASCADE,
        related_name="relations_from_others",
        verbose_name=_("Other person"),
    )
    note = models.CharField(_("Note"), max_length=200, blank=True)
    since = models.DateField(_("Since"), null=True, blank=True)

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "other"], name="relation_once"),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("other")), name="relation_of_two"
            ),
        ]
        indexes = [due_index("relation_due")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()} {self.other}"


def seen_from_other(kind: str) -> StrOrPromise:
    """The relation in words as it reads from the other person; many read the same both ways."""
    turned: dict[str, StrOrPromise] = {
        Relation.Kind.RECOMMENDED: _("came to us through"),
        Relation.Kind.PARENT: _("is a child of"),
        Relation.Kind.ADVISES: _("is advised by"),
        Relation.Kind.REPRESENTS: _("is represented by"),
        Relation.Kind.REPORTS: _("leads"),
    }
    return turned.get(kind) or Relation.Kind(kind).label
