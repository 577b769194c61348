"""How people stand to each other, as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import relation_commands
from kundenkreis.crm.people.models import Relation
from kundenkreis.records import Column, Key, RecordType, Section, register
from kundenkreis.records.declaration import Exchange

RELATION = register(
    RecordType(
        model=Relation,
        slug="relations",
        icon="git-fork",
        columns=(
            Column("person", keep=True),
            Column("kind", keep=True),
            Column("other", keep=True),
            Column("note"),
            Column("since"),
            Column("changed_at"),
        ),
        sections=(Section(_("Facts"), ("person", "kind", "other", "note", "since", "owner_id")),),
        search=("note",),
        filters=("kind", "owner_id"),
        create=relation_commands.add_relation,
        form=("person", "kind", "other", "note", "since"),
        exchange=Exchange(
            keys=(Key(("person", "kind", "other"), _("person, relation and other")),)
        ),
        square=True,
        about=_("Who recommended us to whom, who belongs to whose family, who acts for whom."),
    )
)
