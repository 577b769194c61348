"""What customers can be to each other, as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import relation_kinds
from kundenkreis.crm.people.models import RelationKind
from kundenkreis.records import Column, RecordType, Section, register

_FIELDS = ("label", "turned", "begins", "ends", "referral", "position", "archived")

RELATION_KIND = register(
    RecordType(
        model=RelationKind,
        slug="relation-kinds",
        icon="git-fork",
        order="position",
        columns=(
            Column("label"),
            Column("turned", keep=True),
            Column("begins"),
            Column("ends"),
            Column("referral", extra=True),
            Column("position"),
            Column("archived"),
        ),
        sections=(Section(_("Facts"), _FIELDS),),
        form=_FIELDS,
        create=relation_kinds.add_relation_kind,
        change=relation_kinds.change_relation_kind,
        search=("label", "turned"),
        actions=frozenset({"create", "change", "remove", "export"}),
        square=True,
        few=True,
        about=_("What customers can be to each other, and how it reads from both sides."),
    )
)
