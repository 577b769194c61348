"""The files of one take-over: where they lie, what was recognised and what somebody said of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.integrations.crm.folder.known import BASE_PART
from kundenkreis.integrations.crm.folder.settling import Rule
from kundenkreis.kernel.sides import Side
from kundenkreis.records.exchange import storing
from kundenkreis.records.exchange.notation import Notation
from kundenkreis.records.models import Transfer

SIDE = Side.CRM
DRAFTS, RECORDS, CONFLICTS, MERGED = (
    "drafts.jsonl",
    "records.jsonl",
    "conflicts.jsonl",
    "merged.jsonl",
)
REVIEW, PROBLEMS, RESULTS, CHOICES = (
    "review.jsonl",
    "problems.jsonl",
    "results.jsonl",
    "choices.json",
)
CARRYING_PROBLEMS = "left.jsonl"
VIA = 20  # letters that the audit has for where a change came from


def place(transfer: Transfer, name: str) -> Path:
    """A file in the folder of a take-over."""
    return storing.folder(SIDE, transfer.folder) / name


def parts(transfer: Transfer) -> list[dict[str, Any]]:
    """The tables with what somebody corrected; `what` is empty for those that nobody knows."""
    said = transfer.asked.get("parts", {})
    return [
        {**part, **said.get(str(number), {})}
        for number, part in enumerate(transfer.found.get("parts", ()))
    ]


def names(transfer: Transfer) -> list[str]:
    """What the tables are called."""
    return [part["name"] for part in transfer.found.get("parts", ())]


def name_of(transfer: Transfer, part: int) -> str:
    """What a source is called: a file, or the base."""
    known = names(transfer)
    return known[part] if 0 <= part < len(known) else _("the base")


def notation(part: dict[str, Any]) -> Notation:
    return Notation(part.get("decimal", ","), part.get("dates", "dmy"))


def order(transfer: Transfer) -> list[int]:
    """The sources in the order in which they win: as somebody said, else the base, then the files
    as they came."""
    usual = [BASE_PART, *range(len(transfer.found.get("parts", ())))]
    said = [one for one in transfer.asked.get("order", ()) if one in usual]
    return [*said, *(one for one in usual if one not in said)]


def choices(transfer: Transfer) -> dict[str, Any]:
    """What somebody decided about single records: `picks`, `together`, `apart`."""
    path = place(transfer, CHOICES)
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {"picks": {}, "together": [], "apart": [], **found}


def choose(transfer: Transfer, made: dict[str, Any]) -> None:
    """Keep such decisions, all or none."""
    path = place(transfer, CHOICES)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    part.replace(path)


def rule(transfer: Transfer) -> Rule:
    return Rule(order(transfer), transfer.asked.get("rule", ""), choices(transfer)["picks"])


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file of JSON."""
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for text in file:
                yield json.loads(text)


def via(name: str) -> str:
    """A file's name as the audit keeps it: short, with its ending."""
    bare = name.rpartition("/")[2]
    if len(bare) <= VIA:
        return bare
    stem, dot, ending = bare.rpartition(".")
    ending = f"{dot}{ending}" if dot and len(ending) < 6 else ""
    return f"{(stem or bare)[: VIA - 1 - len(ending)]}…{ending}"
