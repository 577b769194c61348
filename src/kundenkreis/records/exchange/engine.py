"""One piece of an import: rows in, records written, and for each row what became of it.

The check is the import itself, taken back; so it promises exactly what is then done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.translation import gettext as _

from kundenkreis.kernel import rowvalues, store
from kundenkreis.kernel.errors import DomainError
from kundenkreis.records import write
from kundenkreis.records.exchange.cleaning import Cleaned, Cleaner
from kundenkreis.records.exchange.matching import Matcher, Seen, refuse_taken
from kundenkreis.records.exchange.notation import text_of
from kundenkreis.records.exchange.plan import Mode, Plan, Rule
from kundenkreis.records.exchange.related import Related

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.records.declaration import Input, RecordType
    from kundenkreis.records.exchange.reading import Row
    from kundenkreis.records.exchange.roundtrip import RoundTrip


class Became(StrEnum):
    """What a row became."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(slots=True)
class Outcome:
    """One row's result: its record, what is wrong by field, and what it changes or may not.

    Of changes and conflicts only what the file says: what records say is asked when it is shown.
    """

    row: Row
    became: Became
    pk: int | None = None
    wrong: dict[str, str] = field(default_factory=dict)
    warning: str = ""
    changes: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)


class InVain(Exception):
    """Something was made for a row that was refused then."""


class Engine:
    """Turns rows of one transfer into records of one type.

    A `trip` compares the rows of a file that was made here with the records they are of.
    """

    def __init__(
        self, kind: RecordType, actor: Actor, plan: Plan, trip: RoundTrip | None = None
    ) -> None:
        actor.require(kind.right("import"))
        self.trip = trip
        self.kind, self.actor, self.plan = kind, actor, plan
        self.related = Related(actor, plan.makes)
        self.cleaner = Cleaner(
            kind, actor, plan.mapping, plan.notation, plan.constants, self.related
        )
        said = {*filter(None, plan.mapping), *plan.constants}
        self.matcher = Matcher(kind, actor, said, plan.keys)
        self.seen = Seen()
        self._inputs = {one.name: one for one in kind.inputs}

    def note(self, rows: Sequence[Row]) -> None:
        """Remember rows that were done before a crash, so that later ones are judged the same."""
        self.matcher.note(self.cleaner.clean(rows), self.seen)

    def piece(self, rows: Sequence[Row], batch: str, *, keep: bool) -> list[Outcome]:
        """Do some rows in one transaction, or only try them. To be called within one when kept."""
        name = f"import_{self.kind.slug}"
        side = self.kind.side
        try:
            with store.group(side, name, batch) if keep else store.trial(side, name):
                outcomes = self._do(rows)
        except BaseException:
            self.related.forget()
            raise
        if keep:
            self.related.keep()
            created = (one.pk for one in outcomes if one.became is Became.CREATED)
            self.matcher.made |= {pk for pk in created if pk is not None}
        else:
            self.related.forget()
        return outcomes

    def _do(self, rows: Sequence[Row]) -> list[Outcome]:
        if self.trip is not None:
            rows = self.trip.compared(rows)
        cleaned = self.cleaner.clean(rows)
        warnings = self.matcher.match(cleaned, self.seen)
        refuse_taken(self.kind, cleaned, self.seen)
        outcomes: dict[int, Outcome] = {}
        new: list[Cleaned] = []
        known: list[Cleaned] = []
        for row in cleaned:
            became = self._judged(row)
            if became is not None:
                outcomes[row.row.number] = Outcome(row.row, became, row.pk, row.wrong)
            else:
                (new if row.pk is None else known).append(row)
        for outcome in (*self._create(new), *self._change(known)):
            outcomes[outcome.row.number] = outcome
        for number, text in warnings.items():
            if outcomes[number].became is Became.CREATED:
                outcomes[number].warning = text
        if self.trip is not None:
            for number, conflicts in self.trip.conflicts.items():
                outcomes[number].conflicts = conflicts
        return [outcomes[row.number] for row in rows]

    def _judged(self, row: Cleaned) -> Became | None:
        """What becomes of a row without touching any record; None for one that has to."""
        if row.row.number in self.plan.left_out:
            row.wrong = {}
            return Became.SKIPPED
        if row.pk is None and not row.wrong and self.plan.mode is not Mode.UPDATE:
            self._require(row)
        if row.wrong:
            return Became.FAILED
        if row.pk is None:
            return Became.SKIPPED if self.plan.mode is Mode.UPDATE or not row.said else None
        return Became.SKIPPED if self.plan.mode is Mode.CREATE else None

    def _require(self, row: Cleaned) -> None:
        """A new record needs more than a change of an old one."""
        for name, text in self.cleaner.missing.items():
            row.refuse(text, name)
        for name in self.kind.exchange.must:
            if name in self.cleaner.fields and row.values.get(name) in (None, ""):
                row.refuse(_("Every imported record needs a value here."), name)

    def _create(self, rows: list[Cleaned]) -> Iterator[Outcome]:
        """Make records, and those they name that nobody knows; not these for the sake of a row that
        is refused itself."""
        naming = {
            row.row.number: dict(row.values) for row in rows if self.related.wanted(row.values)
        }
        try:
            with store.group(self.kind.side):
                outcomes = list(self._made(rows))
                vain = [one for one in outcomes if one.became is Became.FAILED]
                if any(one.row.number in naming for one in vain):
                    raise InVain
        except InVain:
            self.related.take_back()
            failed = {one.row.number for one in vain}
            for row in rows:
                row.values = naming.get(row.row.number, row.values)
            outcomes = [*vain, *self._made([row for row in rows if row.row.number not in failed])]
        yield from outcomes

    def _made(self, rows: list[Cleaned]) -> Iterator[Outcome]:
        rows, refused = self._with_related(rows)
        yield from refused
        made = write.create_many(self.kind, self.actor, [row.values for row in rows])
        for row, found in zip(rows, made, strict=True):
            if isinstance(found, DomainError):
                yield Outcome(row.row, Became.FAILED, None, {found.field: str(found)})
            else:
                yield Outcome(row.row, Became.CREATED, found.pk)

    def _with_related(self, rows: list[Cleaned]) -> tuple[list[Cleaned], list[Outcome]]:
        """Make the records that rows name and nobody knows yet; rows whose ones cannot be made."""
        good, refused = [], []
        self.related.make(row.values for row in rows)
        for row in rows:
            try:
                self.related.fill_in(row.values)
                good.append(row)
            except DomainError as error:
                refused.append(Outcome(row.row, Became.FAILED, row.pk, {"": str(error)}))
        return good, refused

    def _change(self, rows: list[Cleaned]) -> Iterator[Outcome]:
        rows, refused = self._with_related(rows)
        yield from refused
        visible = self.kind.rows(self.actor).filter(pk__among=[row.pk for row in rows])
        records = {record.pk: record for record in visible}
        asked: list[tuple[Cleaned, Any, dict[str, Any]]] = []
        for row in rows:
            record = records[row.pk]
            self.cleaner.meet(row, record)
            wanted = {
                name: value
                for name, value in row.values.items()
                if self._wants(row, record, name, value)
            }
            asked.append((row, record, wanted))
        bare = [one for one in asked if not one[2].keys() & self._inputs.keys()]
        done = write.change_many(self.kind, self.actor, [(record, to) for _, record, to in bare])
        results = {row.row.number: one for (row, _, _), one in zip(bare, done, strict=True)}
        for row, record, wanted in asked:
            number = row.row.number
            result = results[number] if number in results else self._with_inputs(record, wanted)
            outcome = self._changed(row, result)
            outcome.changes = {name: self._cell(row, name) for name in wanted}
            yield outcome

    def _with_inputs(self, record: Any, wanted: dict[str, Any]) -> bool | DomainError:
        """Change fields and what is kept elsewhere: all of it, or nothing."""
        plain = {name: value for name, value in wanted.items() if name not in self._inputs}
        try:
            with store.group(self.kind.side):
                (changed,) = write.change_many(self.kind, self.actor, [(record, plain)])
                if isinstance(changed, DomainError):
                    raise changed
                for name in wanted.keys() & self._inputs.keys():
                    set_to = self._inputs[name].change
                    assert set_to is not None  # noqa: S101 - otherwise it is not wanted
                    set_to(self.actor, record, wanted[name])
        except DomainError as error:
            return error
        return True

    def _changed(self, row: Cleaned, result: bool | DomainError) -> Outcome:
        if isinstance(result, DomainError):
            return Outcome(row.row, Became.FAILED, row.pk, {result.field: str(result)})
        return Outcome(row.row, Became.CHANGED if result else Became.UNCHANGED, row.pk)

    def _wants(self, row: Cleaned, record: Any, name: str, value: Any) -> bool:
        """Whether the file means to change this field of a record."""
        if name in self.cleaner.constant_only or not self.plan.takes(row.row.number, name):
            return False
        if name in self._inputs and self._inputs[name].change is None:
            return False
        rule = self.plan.rule_of(name)
        if rule is Rule.SKIP or (value in (None, "") and rule is not Rule.EXACT):
            return False
        present = present_value(self._inputs, record, name)
        if rule is Rule.EMPTY and present not in (None, ""):
            return False
        if name in self._inputs and value and present:
            plain = self._inputs[name].plain
            return plain(value) != plain(present)
        return bool(comparable(value) != comparable(present))

    def _cell(self, row: Cleaned, name: str) -> str:
        """What the file says of a field."""
        at = self.plan.mapping.index(name)
        return text_of(row.row.cells[at] if at < len(row.row.cells) else "")


def present_value(inputs: dict[str, Input], record: Any, name: str) -> Any:
    """What a record says now; None where an input cannot tell."""
    if name in inputs:
        read = inputs[name].read
        return None if read is None else read(record)
    return rowvalues.plain(record, name)


def comparable(value: Any) -> Any:
    """Values that mean the same are equal: rows by their number, nothing and empty text."""
    value = value.pk if isinstance(value, Model) else value
    return None if value == "" else value
