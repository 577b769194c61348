"""Addresses of a list with some of their parameters changed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.http import QueryDict

LONGEST = 1_500  # what a record's address tells of its list

# Allowed in a query as they are (RFC 3986); lists of columns stay readable.
PLAIN = ",:"


def changed(address: str, parameters: QueryDict, **values: str | Sequence[str]) -> str:
    """The address with these parameters in place of those it has; empty ones are left out."""
    kept: dict[str, Sequence[str]] = dict(parameters.lists())
    for name, value in values.items():
        kept[name] = [value] if isinstance(value, str) and value else value
    query = urlencode(
        [(name, value) for name, texts in kept.items() for value in texts], safe=PLAIN
    )
    return f"{address}?{query}" if query else address


def within(parameters: QueryDict, **values: str) -> str:
    """What the addresses of a list's records end with, so that they know their list."""
    query = changed("", parameters, after="", before="", **values)[1:]
    return f"?{urlencode({'in': query})}" if len(query) <= LONGEST else ""


def pairs(parameters: QueryDict, *, without: Collection[str]) -> list[tuple[str, str]]:
    """The parameters that a form has to send along."""
    return [
        (name, value)
        for name, values in parameters.lists()
        if name not in without
        for value in values
    ]
