"""What the forms of a take-over say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundenkreis.integrations.crm.folder import review, sources
from kundenkreis.integrations.crm.folder.settling import NEWEST
from kundenkreis.records.exchange.words import ENCODINGS, separators
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.records.models import Transfer

LONGEST = 80
PICK = "pick-"  # before the name of a conflict


def decided(transfer: Transfer, data: QueryDict) -> dict[str, Any]:
    """Source, legal basis, who wins, and in which order."""
    ranks = {
        part: whole(data.get(f"rank-{part}", "")) or len(usual) + at
        for usual in [sources.order(transfer)]
        for at, part in enumerate(usual, 1)
    }
    return {
        "source": data.get("source", "")[:LONGEST].replace("\0", "").strip(),
        "legal_basis": data.get("legal_basis", ""),
        "rule": NEWEST if data.get("rule") == NEWEST else "",
        "order": sorted(ranks, key=lambda part: ranks[part]),
    }


def reading(data: QueryDict) -> dict[str, str]:
    """How a file is to be read; what is no choice says nothing."""
    known = {"encoding": ENCODINGS, "separator": separators()}
    return {name: text for name, some in known.items() if (text := data.get(name, "")) in some}


def choices(transfer: Transfer, data: QueryDict, made: dict[str, Any]) -> None:
    """Put into `made` what a page of conflicts, groups or pairs says; pages that are not shown keep
    what they said."""
    said = {
        name.removeprefix(PICK): whole(data.get(name, "")) for name in data if name.startswith(PICK)
    }
    for name, values in review.offered(transfer, said).items():
        picked = said[name]
        if picked is not None and picked < values:
            made["picks"][name] = picked
    shown = set(data.getlist("pair"))
    chosen = set(data.getlist("together")) & shown
    made["together"] = sorted((set(made["together"]) - shown) | chosen)
    apart = {pair for text in data.getlist("apart") for pair in text.split(",") if pair}
    made["apart"] = sorted((set(made["apart"]) | apart) - chosen)
    made["together"] = sorted(set(made["together"]) - apart)
