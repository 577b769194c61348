"""What became of the rows of an import, as a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundenkreis.records.exchange.exporting import in_language
from kundenkreis.records.exchange.notation import text_of
from kundenkreis.records.exchange.table import RESULTS, Table, logged, place
from kundenkreis.records.exchange.words import became_word, said_wrong
from kundenkreis.records.exchange.writers import CsvLines

if TYPE_CHECKING:
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.models import Transfer


def lines(kind: RecordType, transfer: Transfer, *, only_failed: bool) -> Iterator[str]:
    """Each row as it was in its file, with its result; or the failed ones, with the reason."""
    language, zone = get_language() or "de", timezone.get_current_timezone()
    return in_language(_lines(kind, transfer, only_failed), language, zone)


def _lines(kind: RecordType, transfer: Transfer, only_failed: bool) -> Iterator[str]:
    table, writer = Table(kind.side, transfer), CsvLines()
    facts = [_("Problem")] if only_failed else [_("Line"), _("Result"), _("Number"), _("Problem")]
    yield writer.head([*table.header, *facts])
    rows = table.rows()
    for result in logged(place(kind.side, transfer, RESULTS)):
        row = next(one for one in rows if one.number == result["row"])
        if only_failed and result["became"] != "failed":
            continue
        cells: list[Any] = [text_of(cell) for cell in row.cells]
        wrong = said_wrong(kind, result)
        number = result["pk"] or ""
        more = [wrong] if only_failed else [row.line, became_word(result["became"]), number, wrong]
        yield writer.row([*cells, *more])
