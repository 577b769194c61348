"""What a board shows: lanes with their cards, counts and sums; and moving a card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import NotFound
from kundenkreis.records.directory import Directory
from kundenkreis.records.fields import info
from kundenkreis.records.lists.listing import narrowed
from kundenkreis.records.lists.totals import Added, totals_by
from kundenkreis.ui import formats

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import Board, Lane, RecordType
    from kundenkreis.records.lists.filters import Filters

CARDS = 30
SEPARATOR = " · "


@dataclass(slots=True)
class Filled:
    """A lane with its cards, and what they are worth by currency; `more` are not shown."""

    lane: Lane
    cards: list[SafeString] = field(default_factory=list)
    count: int = 0
    added: Added = field(default_factory=Added)

    @property
    def sum(self) -> str:
        return SEPARATOR.join(_worth(self.added))

    @property
    def zone(self) -> bool:
        return self.lane.zone

    @property
    def note(self) -> str:
        """The weighted sum, and what the lane says of itself."""
        weight = self.lane.weight
        weighted = _worth(self.added.share(weight)) if weight not in (None, 100) else []
        said = [_("weighted %(sum)s") % {"sum": SEPARATOR.join(weighted)}] if weighted else []
        return SEPARATOR.join(part for part in (*said, str(self.lane.note)) if part)

    @property
    def more(self) -> int:
        return max(self.count - len(self.cards), 0)


@dataclass(slots=True)
class Boarded:
    """The whole board."""

    filters: Filters
    lanes: list[Filled]
    query: str

    @property
    def summary(self) -> str:
        """How many cards the lanes hold, and what they are worth; zones show none."""
        shown = [filled for filled in self.lanes if not filled.zone]
        count = formats.number(sum(filled.count for filled in shown))
        worth = Added()
        for filled in shown:
            worth.join(filled.added)
        return SEPARATOR.join([count, *_worth(worth)])


@dataclass(frozen=True, slots=True)
class Moved:
    """A card that was moved: into which lane, and where it was before."""

    record: Any
    lane: str
    before: Any


def board(kind: RecordType, viewer: Viewer, parameters: QueryDict, address: str) -> Boarded:
    """Read the board: a query or two for counts and sums, one per lane for its cards."""
    declared = _declared(kind)
    rows, filters = narrowed(kind, viewer, parameters, address)
    lanes = [
        Filled(lane)
        for lane in declared.lanes(viewer, {name: parameters.get(name, "") for name in parameters})
    ]
    # A zone shows nothing: it is where a card may be dropped.
    seen = [filled for filled in lanes if not filled.zone]
    value = declared.value if kind.sees(viewer, declared.value) else ""
    _fill(declared.field, value, rows, seen)
    shown = [(filled, _first(declared, rows, filled.lane)) for filled in seen if filled.count]
    directory = Directory([record for _filled, records in shown for record in records])
    for filled, records in shown:
        filled.cards = [
            declared.card(record, directory.name("owner_id", record.owner_id)) for record in records
        ]
    return Boarded(filters, lanes, parameters.get("q", "")[:100])


def move(kind: RecordType, viewer: Viewer, pk: int, lane: str, asked: Mapping[str, str]) -> Moved:
    """Move one record by the board's command. Raises what the command raises."""
    declared = _declared(kind)
    lanes = {str(one.key): one for one in declared.lanes(viewer, {})}
    record = kind.one(viewer, pk)
    before = getattr(record, f"{declared.field}_id", getattr(record, declared.field))
    if lane not in lanes:
        raise NotFound
    names = {f"{kind.name}_id": pk, f"{declared.field}_id": lanes[lane].key}
    moved = declared.move(actor=viewer, **names, **asked)
    return Moved(moved, lanes[lane].title, before)


def _declared(kind: RecordType) -> Board:
    if kind.board is None:
        raise LookupError(f"{kind.name} has no board")
    return kind.board


def _first(declared: Board, rows: QuerySet[Any], lane: Lane) -> list[Any]:
    found = rows.filter(lane.where or Q(), **{declared.field: lane.key})
    return list(found.order_by(*declared.order)[:CARDS])


def _fill(field: str, value: str, rows: QuerySet[Any], lanes: list[Filled]) -> None:
    amounts = [info(rows.model, value)] if value else []
    by_key = {filled.lane.key: filled for filled in lanes}
    # Lanes that are narrowed alike are counted together; an "or" would keep the index from it.
    for where in {filled.lane.where for filled in lanes}:
        keys = [filled.lane.key for filled in lanes if filled.lane.where == where]
        alike = rows.filter(where or Q(), **{f"{field}__in": keys})
        for key, total in totals_by(alike, amounts, F(field)):
            filled = by_key[key]
            filled.count += total.count
            filled.added.join(total.added.get(value, Added()))


def _worth(added: Added) -> list[str]:
    """What is not nothing, in words."""
    return Added({code: amount for code, amount in added.amounts.items() if amount}).texts()
