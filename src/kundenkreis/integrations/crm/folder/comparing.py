"""Who is there twice, across all files and the base: rows for the engine, its child, its pairs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundenkreis.crm.people.duplicates.fields import Kind
from kundenkreis.crm.people.duplicates.words import agreement_text, reason_label
from kundenkreis.integrations.crm.folder.drafts import ORGANISATION, PERSON, Draft, Drafts
from kundenkreis.kernel.children import environment
from kundenkreis.kernel.errors import DomainError

CHILD = "kundenkreis.integrations.crm.folder.comparing_child"
BASE = "b"  # before the number of a record that is there already
SAME = "same"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two that may be one: drafts by number, records of the base as `b` and their number."""

    left: str
    right: str
    score: float
    same: bool
    reasons: list[tuple[str, str, float]]


class Comparing:
    """One run of the engine in a child process; nobody has to wait for it."""

    def __init__(self, kind: str, rows: Path, pairs: Path) -> None:
        pairs.unlink(missing_ok=True)
        self._pairs = pairs
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment(),
        )
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        asked = {"kind": kind, "rows": str(rows), "pairs": str(pairs)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()

    def wait(self, seconds: float) -> bool:
        """Whether it is done within that time. Raises `DomainError` when it has failed."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self.close()
        if code or not self._pairs.exists():
            raise DomainError(
                _("The search for duplicates could not be finished."),
                _("It probably takes more memory than there is."),
                _("Try again, or take over fewer files at a time."),
            )
        return True

    def close(self) -> None:
        """End it, wherever it is."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


def pairs(path: Path) -> Iterator[Pair]:
    """What the child has found, best first."""
    with path.open(encoding="utf-8") as file:
        for text in file:
            left, right, score, decision, reasons = json.loads(text)
            yield Pair(left, right, score, decision == SAME, [tuple(one) for one in reasons])


def rows_of(drafts: Drafts, kind: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The drafts of a kind as the engine compares them; a mere name is compared with nothing."""
    for draft in drafts:
        if draft.kind == kind and not draft.thin:
            yield str(draft.number), row(draft, _firm(drafts, draft))


def _firm(drafts: Drafts, draft: Draft) -> Draft | None:
    number = draft.refs.get("organisation") if draft.kind == PERSON else None
    return None if number is None else drafts[number]


def row(draft: Draft, firm: Draft | None = None) -> dict[str, list[str]]:
    """What is compared of a draft; somebody who works somewhere is there first of all."""
    values, ways = draft.values, draft.ways
    found: dict[str, list[str]] = {
        "email": [way["value"] for way in ways if way["kind"] == "email"],
        "phone": [way["value"] for way in ways if way["kind"] == "phone"],
        "number": [values.get("customer_number", "")],
    }
    # Lists of firms seldom agree on where somebody lives, but on where they work.
    postal = [way for way in (firm.ways if firm else ()) if way["kind"] == "postal"]
    postal = postal or [way for way in ways if way["kind"] == "postal"]
    if postal:
        first = postal[0]
        found |= {
            "street": [first["street"]], "postcode": [first["postal_code"]], "place": [first["town"]],
        }  # fmt: skip
    if draft.kind == ORGANISATION:
        found |= {name: [values.get(name, "")] for name in ("name", "website", "vat_id")}
        found["register_number"] = [values.get("register_number", "")]
    else:
        found |= {
            name: [values.get(name, "")] for name in ("first_name", "last_name", "birth_date")
        }
        found["company"] = [firm.values.get("name", "")] if firm else []
    return {name: kept for name, some in found.items() if (kept := [one for one in some if one])}


def said_why(kind: str, pair: Pair) -> str:
    """Why two are one, in words: what speaks for it, the strongest first."""
    language = get_language() or ""
    words = [_word(kind, field, way, language) for field, way, weight in pair.reasons if weight > 0]
    return ", ".join(words[:4])


@lru_cache(maxsize=1_000)
def _word(kind: str, field: str, way: str, language: str) -> str:
    return f"{reason_label(Kind(kind), field)}: {agreement_text(way)}"
