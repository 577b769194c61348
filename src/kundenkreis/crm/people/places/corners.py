"""Corners of an area as people write them and as the map does: "50.93 11.59; 50.98 11.33; …"."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FEWEST, MOST = 3, 100
DIGITS = 4  # behind the point: about ten metres
Corner = tuple[float, float]  # degrees of latitude and longitude
_NUMBER = r"([+-]?\d{1,3}(?:[.,]\d{1,9})?)"
_CORNER = re.compile(rf"{_NUMBER}\s*[,\s]\s*{_NUMBER}")


def corners(text: str) -> tuple[Corner, ...]:
    """The corners of one area, in their order; none of an empty text.

    One a line or between semicolons, latitude before longitude. Raises `ValidationError`.
    """
    parts = [part for one in re.split(r"[;\n]+", text) if (part := one.strip())]
    found = [_corner(part) for part in parts[: MOST + 1]]
    if len(found) > 1 and found[0] == found[-1]:
        found.pop()
    if len(found) > MOST:
        raise ValidationError(_("An area has at most %(most)s corners."), params={"most": MOST})
    if found and len(set(found)) < FEWEST:
        raise ValidationError(_("An area has at least three corners."))
    return tuple(found)


def written(some: tuple[Corner, ...]) -> str:
    """Corners as they are stored."""
    return "; ".join(f"{up:.{DIGITS}f} {along:.{DIGITS}f}" for up, along in some)


def validate_corners(text: str) -> None:
    corners(text)


def _corner(part: str) -> Corner:
    said = _CORNER.fullmatch(part)
    up, along = (float(one.replace(",", ".")) for one in said.groups()) if said else (99.0, 0.0)
    if abs(up) > 90 or abs(along) > 180:
        raise ValidationError(
            _("“%(part)s” is no corner: degrees of latitude and longitude, such as 50.93 11.59."),
            params={"part": part[:40]},
        )
    return round(up, DIGITS), round(along, DIGITS)
