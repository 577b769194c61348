"""Sheets of labels, as shops sell them: A4, measures in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Sheet:
    """Labels side by side: how many, how large, where the first one is, what is between two."""

    label: StrOrPromise
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    between: float = 0.0

    @property
    def count(self) -> int:
        return self.columns * self.rows


SHEETS: dict[str, Sheet] = {
    "3x8": Sheet(_("70 × 37 mm, 24 on a sheet"), 3, 8, 70, 37, 0, 0.5),
    "3x7": Sheet(_("63.5 × 38.1 mm, 21 on a sheet"), 3, 7, 63.5, 38.1, 7.2, 15.15, 2.55),
    "2x7": Sheet(_("99.1 × 38.1 mm, 14 on a sheet"), 2, 7, 99.1, 38.1, 4.65, 15.15, 2.5),
    "2x4": Sheet(_("105 × 74 mm, 8 on a sheet"), 2, 4, 105, 74, 0, 0.5),
}
USUAL = "3x8"
