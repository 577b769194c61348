"""What the company says of itself, and what follows from it for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundenkreis.crm.accounts.models import Company
from kundenkreis.kernel.access import Viewer

# What a company may not have; `None` among the answers is yes: nobody was asked.
PARTS = ("sales", "shop", "marketing", "letters")
ALONE, CONSUMERS = "alone", "consumers"


def company(viewer: Viewer) -> Company:
    """The company; everybody who works there may know it."""
    return Company.objects.first() or Company()


def unused(answers: Mapping[str, Any]) -> frozenset[str]:
    """Parts of the product that the company said it does not need; nothing before it said so."""
    if not answers:
        return frozenset()
    found = {part for part in PARTS if part not in answers.get("parts", PARTS)}
    found |= {"organisations"} if answers.get("customers") == CONSUMERS else set()
    found |= {"teams"} if answers.get("size") == ALONE else set()
    return frozenset(found)
