"""The token an offer carries to the browser and back with its exposure: signed, so not forgeable."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from django.core import signing

SALT = "kundenkreis.exposure"
MAX_AGE = 24 * 3600


@dataclass(frozen=True, slots=True)
class Shown:
    """What an exposure is about, and by whose key and cookie it was asked for."""

    source_id: int
    visitor: str
    campaign_id: int
    profile_id: int
    variant_id: int
    show: bool


def seal(shown: Shown) -> str:
    """The token of one decision, valid for a day."""
    return signing.dumps(astuple(shown), salt=SALT, compress=False)


def open_token(token: str) -> Shown | None:
    """What the token says, None when it is forged or too old."""
    try:
        return Shown(*signing.loads(token, salt=SALT, max_age=MAX_AGE))
    except (signing.BadSignature, ValueError, TypeError):
        return None
