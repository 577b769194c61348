"""What engage may know of a person's scores, for segments such as “ordered lately, but little”."""

from __future__ import annotations

from collections.abc import Collection

from kundenkreis.crm.people.shared_facts import Facts
from kundenkreis.crm.sales.models import CustomerScore
from kundenkreis.kernel import store

# Why they cross: the evaluation of the company's own transactions.
PURPOSE = "server_analytics"
PARTS = ("recency", "frequency", "monetary")


def score_facts(person_ids: Collection[int], *, gone: bool = False) -> dict[int, Facts]:
    """The facts per person id; with `gone` also that there is no score any more."""
    rows = store.rows(CustomerScore).filter(person__in=person_ids).values("person", *PARTS)
    found = {pk: dict.fromkeys(PARTS) for pk in person_ids} if gone else {}
    found |= {row["person"]: {part: row[part] for part in PARTS} for row in rows}
    return {pk: _facts(scores) for pk, scores in found.items()}


def _facts(scores: dict[str, int | None]) -> Facts:
    return {f"score_{part}": {"value": scores[part], "purpose": PURPOSE} for part in PARTS}
