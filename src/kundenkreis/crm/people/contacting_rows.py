"""The answer of `contacting.light_of` for all rows at once, as a condition of the database.

It is the same answer, rule by rule: a property compares the two over random facts. Everything is
asked from the person on, by indexes (contact details by holder, statements by folded subject and by
link id), so a list reads only as far as its page goes; where only few can be reached at all, these
few are asked first. Nothing is kept twice, so nothing is late: days that begin or end, a withdrawal
that arrived a moment ago.

It is written as SQL, the same for both databases: as a tree of expressions it took longer to be put
into words than to be answered.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db.models import BooleanField, F, Func, Model, Q

from kundenkreis.crm.people.contacting import ADVERTISING, NEEDS, TOLD
from kundenkreis.crm.people.models import (
    Affiliation,
    ContactDetail,
    ContactPermission,
    FormerLink,
    Organisation,
    Person,
    Restriction,
)
from kundenkreis.kernel.conditions.sql import holds

FEW = 20_000  # contact details or consents of a channel that are asked first: a tenth of a second

_USABLE = """EXISTS (SELECT 1 FROM {details} d WHERE d.person_id = {pk} AND d.kind = :kind
    AND d.state <> :bounced AND (d.valid_from IS NULL OR d.valid_from <= :today)
    AND (d.valid_until IS NULL OR d.valid_until >= :today))"""

# Statements about the channel, under any name of the person: an address, their link, a former one.
# The channel is taken as a value, or an index of statements by channel would seem the shorter way.
_SAID = """EXISTS (
    SELECT 1 FROM {details} {n} JOIN {permissions} {s} ON {s}.folded = {n}.folded
    WHERE {n}.person_id = {pk} AND {what}
    UNION ALL SELECT 1 FROM {permissions} {s} WHERE {s}.link_id = {link} AND {what}
    UNION ALL SELECT 1 FROM {former} {n} JOIN {permissions} {s} ON {s}.link_id = {n}.link_id
    WHERE {n}.person_id = {pk} AND {what})"""
_OF_CHANNEL = "COALESCE({s}.channel, '') = :channel AND {s}.purpose IN (:purpose, '')"
_LIFTS = """g.granted AND (g.folded = s.folded AND g.since > s.since
    OR (s.subject_kind = 'person' OR s.origin IN (:staff, :link)) AND g.confirmed_at > s.since)"""

_AT_WORK = """EXISTS (SELECT 1 FROM {affiliations} a JOIN {organisations} o
    ON o.id = a.organisation_id WHERE a.person_id = {pk} AND o.kind <> :household
    AND (a.since IS NULL OR a.since <= :today) AND (a.until IS NULL OR a.until >= :today))"""
# What holds for people who have said nothing.
_SILENT = {"post": "{basis} <> ''", "phone": _AT_WORK}

_RESTRICTED = "EXISTS (SELECT 1 FROM {restrictions} r WHERE r.person_id = {pk})"
_ALIVE = "{ended} <> :deceased"

_COLUMNS = {"pk": "pk", "link": "link_id", "basis": "legal_basis", "ended": "ended"}
_TABLES: dict[str, type[Model]] = {
    "details": ContactDetail, "permissions": ContactPermission, "former": FormerLink,
    "affiliations": Affiliation, "organisations": Organisation, "restrictions": Restriction,
}  # fmt: skip


def allowed(channel: str, today: date, purpose: str = ADVERTISING) -> Q:
    """The persons with a green light for a channel on a day of the company's zone.

    True or false of every person, never unknown.
    """
    return _few(channel) & holds(_Light(channel, today, purpose))


class _Light(Func):
    """The light of a person as a value of the database."""

    output_field = BooleanField()

    def __init__(self, channel: str, today: date, purpose: str) -> None:
        super().__init__(*(F(name) for name in _COLUMNS.values()))
        self.channel, self.today, self.purpose = channel, today, purpose

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_more: Any) -> Any:
        columns = [compiler.compile(one)[0] for one in self.source_expressions]
        names = dict(zip(_COLUMNS, columns, strict=True)) | {
            name: connection.ops.quote_name(model._meta.db_table) for name, model in _TABLES.items()
        }
        values = {
            "channel": self.channel, "purpose": self.purpose, "kind": NEEDS[self.channel],
            "today": connection.ops.adapt_datefield_value(self.today),
            "bounced": str(ContactDetail.State.BOUNCED), "deceased": str(Person.Ended.DECEASED),
            "household": str(Organisation.Kind.HOUSEHOLD), **dict(zip(("staff", "link"), TOLD, strict=True)),
        }  # fmt: skip
        words = re.split(r":(\w+)", _rules(self.channel).format(**names))
        given = [values[name] for name in words[1::2]]
        return "%s".join(words[::2]), given


def _rules(channel: str) -> str:
    """The rules of a channel, the cheapest first, with names of columns and tables left open."""
    agreed = _said("s", "s.granted")
    refused = _said("s", f"NOT s.granted AND NOT {_said('g', _LIFTS)}")
    silent = _SILENT.get(channel)
    fine = f"({silent} OR {agreed})" if silent else agreed
    rules = [_ALIVE, _USABLE, fine, f"NOT {refused}", f"NOT {_RESTRICTED}"]
    return "(" + " AND ".join(rules) + ")"


def _said(s: str, what: str) -> str:
    """That something was said about the channel, under a name of the person; `s` is the statement."""
    what = f"{_OF_CHANNEL.replace('{s}', s)} AND {what}"
    return _SAID.replace("{what}", what).replace("{s}", s).replace("{n}", f"{s}n")


def _few(channel: str) -> Q:
    """That somebody is among the few who have what a channel needs; true of all where many have.

    It says nothing that the rules do not say. It lets the database begin with these few.
    """
    details = ContactDetail.objects.filter(kind=NEEDS[channel], person__isnull=False)
    if details.order_by()[: FEW + 1].count() <= FEW:
        return Q(pk__in=details.values("person"))
    granted = ContactPermission.objects.filter(channel=channel, granted=True)
    if channel in _SILENT or granted.order_by()[: FEW + 1].count() > FEW:
        return Q()
    named = ContactDetail.objects.filter(folded__in=granted.values("folded"), person__isnull=False)
    former = FormerLink.objects.filter(link_id__in=granted.values("link_id"))
    by_link = Person.objects.filter(link_id__in=granted.values("link_id"))
    return Q(
        pk__in=named.values("person").union(by_link.values("pk"), former.values("person"), all=True)
    )
