"""How people stand to each other, as records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people import queries, relation_commands
from kundenkreis.crm.people.models import Relation
from kundenkreis.records import Column, Key, RecordType, Section, register
from kundenkreis.records.declaration import Exchange

_KEYS = (
    (("person", "kind", "other"), _("person, relation and other person")),
    (("person", "kind", "other_organisation"), _("person, relation and other organisation")),
    (("organisation", "kind", "other"), _("organisation, relation and other person")),
    (
        ("organisation", "kind", "other_organisation"),
        _("organisation, relation and other organisation"),
    ),
)

RELATION = register(
    RecordType(
        model=Relation,
        slug="relations",
        icon="git-fork",
        columns=(
            Column("person", keep=True),
            Column("organisation", keep=True),
            Column("kind", keep=True),
            Column("other", keep=True),
            Column("other_organisation", keep=True),
            Column("note"),
            Column("since"),
            Column("until"),
            Column("source", extra=True),
            Column("changed_at"),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "person",
                    "organisation",
                    "kind",
                    "other",
                    "other_organisation",
                    "note",
                    "since",
                    "until",
                    "source",
                    "owner_id",
                ),
            ),
        ),
        query=queries.relations,
        search=("note",),
        filters=("kind", "owner_id"),
        create=relation_commands.add_relation,
        change=relation_commands.change_relation,
        form=(
            "person",
            "organisation",
            "kind",
            "other",
            "other_organisation",
            "note",
            "since",
            "until",
            "source",
        ),
        exchange=Exchange(
            keys=tuple(
                Key(names, label, queries.relations_between(*names)) for names, label in _KEYS
            )
        ),
        square=True,
        about=_("Who recommended us to whom, who belongs to whose family, who acts for whom."),
    )
)
