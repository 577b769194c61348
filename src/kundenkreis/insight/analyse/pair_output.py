"""Print found pairs: as JSON for programs, as text for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from django.utils.translation import gettext as _

from kundenkreis.crm.people.duplicates.fields import FIELDS, Kind
from kundenkreis.crm.people.duplicates.words import agreement_text, decision_text, reason_label

if TYPE_CHECKING:
    from kundenkreis.crm.people.duplicates.engine import Found
    from kundenkreis.crm.people.duplicates.pairs import Pair, Reason

SHOWN = 50


def write_json(
    out: TextIO, found: Found, kind: Kind, columns: Mapping[str, str], notes: Sequence[str]
) -> None:
    """Write the agreed shape; `precision` and `recall` are of the pairs called the same, and null
    without a truth. `together` says it of all who become one when these are merged.
    """
    truth = found.truth
    rest = {
        "counts": counts(found),
        "precision": truth.precision if truth else None,
        "recall": truth.recall if truth else None,
        "together": {
            "precision": truth.precision_together if truth else None,
            "recall": truth.recall_together if truth else None,
        },
        "kind": kind.value,
        "columns": dict(columns),
        "warnings": list(notes),
    }
    out.write('{\n  "pairs": [')
    for at, pair in enumerate(found.pairs):
        out.write(",\n    " if at else "\n    ")
        out.write(json.dumps(_pair(pair), ensure_ascii=False, allow_nan=False))
    out.write("\n  ],\n" if found.pairs else "],\n")
    out.write(json.dumps(rest, indent=2, ensure_ascii=False, allow_nan=False)[2:] + "\n")


def counts(found: Found) -> dict[str, int]:
    """Whole numbers about the search; the truth's only where it was given."""
    known = {
        "rows": found.rows[0],
        "compared": found.compared,
        "same": found.same,
        "review": found.review,
        "listed": len(found.pairs),
    }
    if len(found.rows) > 1:
        known["other_rows"] = found.rows[1]
    if found.truth:
        known |= {
            "true_pairs": found.truth.pairs,
            "true_pairs_same": found.truth.right,
            "true_pairs_same_or_review": found.truth.right_or_review,
        }
    return known


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "left": pair.left,
        "right": pair.right,
        "score": pair.score,
        "decision": pair.decision,
        "reasons": [
            {
                "field": one.field,
                "left": one.left,
                "right": one.right,
                "agreement": one.agreement,
                "weight": one.weight,
            }
            for one in pair.reasons
        ],
    }


def write_text(
    out: TextIO, found: Found, kind: Kind, columns: Mapping[str, str], notes: Sequence[str]
) -> None:
    """Write the report for reading: what was found, how good it is, and the best pairs."""
    rows = " + ".join(str(count) for count in found.rows)
    lines = [
        _("%(rows)s rows, %(compared)d pairs compared: %(same)d the same, %(review)d to look at")
        % {"rows": rows, "compared": found.compared, "same": found.same, "review": found.review}
    ]
    if found.truth:
        lines.append(
            _("Precision %(precision)s, recall %(recall)s of %(pairs)d true pairs")
            % {
                "precision": _share(found.truth.precision),
                "recall": _share(found.truth.recall),
                "pairs": found.truth.pairs,
            }
        )
        lines.append(
            _("Merged one after the other: precision %(precision)s, recall %(recall)s")
            % {
                "precision": _share(found.truth.precision_together),
                "recall": _share(found.truth.recall_together),
            }
        )
    labels = {field.key: str(field.label) for field in FIELDS[kind]}
    read = ", ".join(f"{column} → {labels[field]}" for column, field in columns.items())
    lines.append(_("Columns: %(columns)s") % {"columns": read})
    for pair in found.pairs[:SHOWN]:
        lines += ["", *_lines(pair, kind)]
    if len(found.pairs) > SHOWN:
        more = len(found.pairs) - SHOWN
        lines += ["", _("… and %(count)d more; --json lists them.") % {"count": more}]
    if notes:
        lines += ["", _("Please note:"), *(f"- {text}" for text in notes)]
    out.write("\n".join(lines) + "\n")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _lines(pair: Pair, kind: Kind) -> list[str]:
    head = f"{pair.left} = {pair.right}  {pair.score:.4f}  {decision_text(pair.decision)}"
    return [head, *(_reason(one, kind) for one in pair.reasons)]


def _reason(reason: Reason, kind: Kind) -> str:
    said = f"{reason.left or '–'} | {reason.right or '–'}"
    label = reason_label(kind, reason.field)
    return f"  {reason.weight:+6.1f}  {label}: {agreement_text(reason.agreement)}  {said}"
