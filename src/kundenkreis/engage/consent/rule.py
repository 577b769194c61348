"""What holds, as a function of everything a person ever stated; the order of arrival is no matter.

An opt-out beats every older or simultaneous grant, and every grant that was imported or
synchronised, whenever. Only a later grant by the person in their own words supersedes it; for mail
that takes a double opt-in, because anybody can type somebody else's address into a form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kundenkreis.engage.consent.models import ConsentEntry

_GRANTED, _WITHDRAWN = ConsentEntry.Decision.GRANTED, ConsentEntry.Decision.WITHDRAWN
_Origin = ConsentEntry.Origin
_OWN_WORDS = {_Origin.WEB, _Origin.PROFILE_CENTRE, _Origin.DOUBLE_OPT_IN}
_OWN_WORDS_BY_MAIL = {_Origin.DOUBLE_OPT_IN}
_CONFIRMED_CHANNELS = {"email"}


@dataclass(frozen=True, slots=True)
class Said:
    """One statement, reduced to what decides."""

    decision: str
    at: datetime
    origin: str


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether the use is allowed, and since when that is so."""

    granted: bool
    since: datetime


def holds(statements: Iterable[Said], channel: str) -> Holds:
    """What the statements of one subject, purpose and channel amount to.

    Raises `ValueError` without any statement.
    """
    said = list(statements)
    by_mail = channel in _CONFIRMED_CHANNELS
    own_words = _OWN_WORDS_BY_MAIL if by_mail else _OWN_WORDS
    # A tick in a form is no grant for mail, only the question whether there shall be one.
    unconfirmed = _OWN_WORDS - own_words
    grants = [s for s in said if s.decision == _GRANTED and s.origin not in unconfirmed]
    withdrawn = max((s.at for s in said if s.decision == _WITHDRAWN), default=None)
    if withdrawn is not None:
        grants = [s for s in grants if s.origin in own_words and s.at > withdrawn]
    if grants:
        return Holds(True, min(s.at for s in grants))
    return Holds(False, withdrawn or min(s.at for s in said))
