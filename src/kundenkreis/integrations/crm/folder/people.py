"""Persons and organisations are written: new ones made, known ones completed, each value through
the file that said it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people import contact_commands, erased
from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.models import ContactDetail, Organisation, Person
from kundenkreis.integrations.crm.folder import sources
from kundenkreis.integrations.crm.folder.drafts import ORGANISATION, PERSON
from kundenkreis.integrations.crm.folder.known import BASE_PART
from kundenkreis.integrations.crm.folder.outcome import Outcome
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.countries import country_at_home
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.money import CURRENCY, to_minor
from kundenkreis.records import named, write
from kundenkreis.records.models import Transfer
from kundenkreis.ui import formats

LONGEST_SOURCE = 80
HOLDERS: dict[str, type[Person | Organisation]] = {PERSON: Person, ORGANISATION: Organisation}
Record = dict[str, Any]
_TYPED: dict[str, Callable[[str], Any]] = {
    "birth_date": date.fromisoformat, "employees": int, "founded": int,
}  # fmt: skip


class PeopleWriter:
    """Writes settled persons or organisations, some at a time, within one transaction."""

    def __init__(
        self, transfer: Transfer, actor: Actor, pk_of: Callable[[str], int | None]
    ) -> None:
        self._transfer, self._pk_of = transfer, pk_of
        names = sources.names(transfer)
        self._names = dict(enumerate(names)) | {BASE_PART: ""}
        # Through which file: the audit, and so each field's history, says it for good.
        self._actors = {part: actor.through(sources.via(name)) for part, name in enumerate(names)}
        self._actors[BASE_PART] = actor.through("import")

    def write(self, some: list[Record]) -> list[Outcome]:
        """Write records of one kind; what became of each."""
        kind = some[0]["kind"]
        outcomes = [Outcome(pk=record["pk"]) for record in some]
        self._leave_erased(some, outcomes)
        records: dict[int, Any] = {}
        self._create(kind, some, outcomes, records)
        known = [one["pk"] for one in some if one["pk"] is not None]
        seen = named(kind).rows(self._actors[BASE_PART]).filter(pk__among=known)
        records |= {record.pk: record for record in seen}
        self._complete(kind, some, outcomes, records)
        self._reach(kind, some, outcomes, records)
        if kind == PERSON:
            self._affiliate(some, outcomes, records)
        else:
            self._subordinate(some, outcomes, records)
        return outcomes

    def _leave_erased(self, some: list[Record], outcomes: list[Outcome]) -> None:
        """Nobody who was erased comes back by a file, nor does their address with somebody else."""
        names = [_names_of(record) for record in some]
        buried = erased.since(name for one in names for name in one)
        for record, outcome, known in zip(some, outcomes, names, strict=True):
            gone = {name: way for name, way in known.items() if name in buried}
            if not gone:
                continue
            part, line, _title = record["members"][0]
            day = formats.day(buried[next(iter(gone))])
            why = _("This person was erased on %(day)s.") % {"day": day}
            outcome.left.append((part, line, _("Erased"), "", why))
            if record["pk"] is None:
                outcome.became = "failed"
            record["ways"] = [way for way in record["ways"] if way not in gone.values()]

    def _create(
        self, kind: str, some: list[Record], outcomes: list[Outcome], records: dict[int, Any]
    ) -> None:
        """New ones, by the file that gives them their name."""
        waiting: dict[int, list[int]] = defaultdict(list)
        for at, record in enumerate(some):
            if record["pk"] is None and outcomes[at].became != "failed":
                waiting[_main_part(record)].append(at)
        for part, places in sorted(waiting.items()):
            rows = [self._new(kind, some[at], part) for at in places]
            made = write.create_many(named(kind), self._actors[part], rows)
            for at, found in zip(places, made, strict=True):
                if isinstance(found, DomainError):
                    outcomes[at] = Outcome("failed", None, [_left(some[at], found)])
                else:
                    outcomes[at] = Outcome("created", found.pk)
                    records[found.pk] = found

    def _new(self, kind: str, record: Record, part: int) -> dict[str, Any]:
        values = _typed({name: text for name, (text, at) in record["values"].items() if at == part})
        values["source"] = str(self._transfer.asked["source"])[:LONGEST_SOURCE]
        if kind == PERSON:
            values["legal_basis"] = self._transfer.asked["legal_basis"]
            return values
        postal = next((one for one in record["ways"] if one["kind"] == "postal"), None)
        if postal is not None and postal.get("country"):
            values["country"] = country_at_home(postal["country"])[:80]
        return values

    def _complete(
        self, kind: str, some: list[Record], outcomes: list[Outcome], records: dict[int, Any]
    ) -> None:
        """What other files say, each through its own file."""
        changes: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        for at, (record, outcome) in enumerate(zip(some, outcomes, strict=True)):
            if outcome.pk not in records:
                continue
            first = _main_part(record) if record["pk"] is None else BASE_PART
            by_part: dict[int, dict[str, str]] = defaultdict(dict)
            for name, (text, part) in record["values"].items():
                if part not in (first, BASE_PART):
                    by_part[part][name] = text
            for part, values in by_part.items():
                changes[part].append((at, _typed(values)))
        for part, asked in sorted(changes.items()):
            pairs = [(records[outcomes[at].pk or 0], values) for at, values in asked]
            done = write.change_many(named(kind), self._actors[part], pairs)
            for (at, values), result in zip(asked, done, strict=True):
                if isinstance(result, DomainError):
                    outcomes[at].left.append(
                        _left(some[at], result, ", ".join(map(str, values.values())))
                    )
                elif result and outcomes[at].became == "unchanged":
                    outcomes[at].became = "changed"
            fresh = (
                named(kind)
                .rows(self._actors[BASE_PART])
                .filter(pk__among=[record.pk for record, _values in pairs])
            )
            records |= {record.pk: record for record in fresh}

    def _subordinate(
        self, some: list[Record], outcomes: list[Outcome], records: dict[int, Any]
    ) -> None:
        """Whose part an organisation is; parents come before their children, or with them."""
        made = {record["key"]: outcome.pk for record, outcome in zip(some, outcomes, strict=True)}
        wanted = []
        for record, outcome in zip(some, outcomes, strict=True):
            key = record["refs"].get("parent", "")
            parent = made.get(key) or self._pk_of(key)
            own = records.get(outcome.pk or 0)
            if parent and own is not None and own.parent_id is None and parent != own.pk:
                wanted.append((own, parent, record["refs"]["parent_part"]))
        rows = named(ORGANISATION).rows(self._actors[BASE_PART])
        parents = {row.pk: row for row in rows.filter(pk__among=[pk for _o, pk, _p in wanted])}
        for own, parent, part in wanted:
            if parent in parents:
                values = {"parent": parents[parent]}
                write.change_many(named(ORGANISATION), self._actors[part], [(own, values)])

    def _reach(
        self, kind: str, some: list[Record], outcomes: list[Outcome], records: dict[int, Any]
    ) -> None:
        details: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        preferred: list[int] = []
        for at, (record, outcome) in enumerate(zip(some, outcomes, strict=True)):
            if outcome.pk not in records:
                continue
            for way in record["ways"]:
                if not way.get("base"):
                    details[way["part"]].append((at, way))
        for part, asked in sorted(details.items()):
            rows = [(outcomes[at].pk or 0, self._detail(way, part)) for at, way in asked]
            found = contact_commands.add_contact_details(
                actor=self._actors[part], holder=HOLDERS[kind], details=rows
            )
            for (at, way), result in zip(asked, found, strict=True):
                if isinstance(result, DomainError):
                    outcomes[at].left.append(_left(some[at], result, way["value"]))
                elif result is not None:
                    self._noted(outcomes[at])
                    preferred += [result.pk] if _prevails(some[at], way, result) else []
        for pk in preferred:
            contact_commands.prefer_contact_detail(
                actor=self._actors[BASE_PART], contact_detail_id=pk
            )

    def _detail(self, way: dict[str, Any], part: int) -> dict[str, Any]:
        names = ("kind", "value", "label", "street", "postal_code", "town", "country")
        said = {name: way[name] for name in names if name in way}
        return {**said, "is_primary": way["primary"], "source": self._names[part][-LONGEST_SOURCE:]}

    def _affiliate(
        self, some: list[Record], outcomes: list[Outcome], records: dict[int, Any]
    ) -> None:
        firms = {
            pk
            for record in some
            for key, _function, _part in record["refs"].get("works", ())
            if (pk := self._pk_of(key))
        }
        rows = named(ORGANISATION).rows(self._actors[BASE_PART]).filter(pk__among=firms)
        known = {row.pk: row for row in rows}
        roles: dict[int, list[tuple[Any, Any, str]]] = defaultdict(list)
        by_person = {outcome.pk: outcome for outcome in outcomes}
        for record, outcome in zip(some, outcomes, strict=True):
            for key, function, part in record["refs"].get("works", ()):
                firm, person = known.get(self._pk_of(key) or 0), records.get(outcome.pk or 0)
                if firm is not None and person is not None:
                    roles[part].append((person, firm, function))
        for part, asked in sorted(roles.items()):
            made = contact_commands.add_affiliations(actor=self._actors[part], roles=asked)
            for role in made:
                self._noted(by_person[role.person_id])

    def _noted(self, outcome: Outcome) -> None:
        if outcome.became == "unchanged":
            outcome.became = "changed"


def _names_of(record: Record) -> dict[str, Any]:
    """Under what somebody who was erased would be known: addresses and the number."""
    found = {
        f"{way['kind']}|{folded_way(way['kind'], way['value'])}": way
        for way in record["ways"]
        if way["kind"] in erased.ADDRESSES and not way.get("base")
    }
    if (number := record["values"].get("customer_number")) and record["pk"] is None:
        found[f"number||{number[0]}"] = None
    return found


def _main_part(record: Record) -> int:
    """The file that a new record is made from: the one that gives it its name."""
    for name in ("name", "last_name", "first_name", "customer_number"):
        if name in record["values"]:
            return int(record["values"][name][1])
    return int(record["members"][0][0])


def _typed(values: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in values.items():
        if name == "revenue":
            found["revenue_minor"] = to_minor(Decimal(text), CURRENCY)
        else:
            found[name] = _TYPED[name](text) if name in _TYPED else text
    return found


def _prevails(record: Record, way: dict[str, Any], detail: ContactDetail) -> bool:
    """Whether an address of a file is to be the preferred one of a record that had another."""
    return bool(record["pk"] is not None and way["primary"] and not detail.is_primary)


def _left(record: Record, error: DomainError, value: str = "") -> tuple[int, int, str, str, str]:
    part, line, title = record["members"][0]
    return (part, line, title, value, str(error))
