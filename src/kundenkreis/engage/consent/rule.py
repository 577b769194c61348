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
# Words of whom it is certain that they were the person's: they came from their own mailbox.
_CONFIRMED = {_Origin.DOUBLE_OPT_IN, _Origin.PROFILE_CENTRE}


@dataclass(frozen=True, slots=True)
class Said:
    """One statement, reduced to what decides."""

    decision: str
    at: datetime
    origin: str


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether the use is allowed, since when that is so, and where the statement came from.

    `confirmed_at` is when the person last allowed it in words that are certainly theirs, if they
    did; then `origin` is that of these words.
    """

    granted: bool
    since: datetime
    origin: str = ""
    confirmed_at: datetime | None = None


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
    withdrawn = max((s for s in said if s.decision == _WITHDRAWN), key=_newest, default=None)
    if withdrawn is not None:
        grants = [s for s in grants if s.origin in own_words and s.at > withdrawn.at]
    if grants:
        first = min(grants, key=_newest)
        sure = max((s for s in grants if s.origin in _CONFIRMED), key=_newest, default=None)
        return Holds(True, first.at, (sure or first).origin, sure.at if sure else None)
    decisive = withdrawn or min(said, key=_newest)
    return Holds(False, decisive.at, decisive.origin)


def _newest(said: Said) -> tuple[datetime, str]:
    return (said.at, str(said.origin))
