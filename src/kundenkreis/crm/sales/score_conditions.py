"""Scores in the filters and columns of lists of persons and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.sales.scores import may_know
from kundenkreis.crm.sales.shared_scores import PARTS
from kundenkreis.kernel.conditions import Field, Kind, Vocabulary
from kundenkreis.records import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from kundenkreis.kernel.access import Viewer

LABELS = {
    "recency": _("Score: last order (1–5)"),
    "frequency": _("Score: number of orders (1–5)"),
    "monetary": _("Score: revenue (1–5)"),
}


def vocabulary(viewer: Viewer) -> Vocabulary | None:
    """What lists of customers may be narrowed by, for `extend`."""
    if not may_know(viewer):
        return None
    return Vocabulary("scores", tuple(_field(part) for part in PARTS), (), ())


def _field(part: str) -> Field:
    return Field(f"score_{part}", Kind.NUMBER, LABELS[part], _read(part), F(f"score__{part}"))


def columns(viewer: Viewer) -> tuple[Column, ...]:
    """What lists of customers may show, sorted by it where somebody wants, for `extend`."""
    return tuple(_column(part) for part in PARTS) if may_know(viewer) else ()


def _column(part: str) -> Column:
    read = _read(part)

    def text(record: Any) -> str:
        score = read(record)
        return "" if score is None else str(score)

    name = f"score_{part}"
    return Column(name, LABELS[part], text, (f"score__{part}",), text=text, extra=True)


def _read(part: str) -> Callable[[Any], Any]:
    def read(record: Any) -> Any:
        score = getattr(record, "score", None)
        return getattr(score, part) if score else None

    return read
