"""Scores in the filters of persons and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.sales.scores import PARTS, may_know
from kundenkreis.kernel.conditions import Field, Kind, Vocabulary

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


def _read(part: str) -> Callable[[Any], Any]:
    def read(record: Any) -> Any:
        score = getattr(record, "score", None)
        return getattr(score, part) if score else None

    return read
