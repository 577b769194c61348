"""Why nobody was asked, or did not answer."""

from __future__ import annotations


class NotReached(Exception):
    """There is no answer; the text is a word for the reason."""


class NotReachable(NotReached):
    """The address is none that may be dialled, and nobody was: asking again will not help."""


class Unanswered(NotReached):
    """Whoever was dialled, or would have been, gave no whole answer in time: ask again later."""
