"""What the page about the columns of an import shows, and what its form says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kundenkreis.records.exchange import marks, words
from kundenkreis.records.exchange.mapping import target_names, targets
from kundenkreis.records.exchange.matching import key_name
from kundenkreis.records.exchange.notation import ORDERS, text_of
from kundenkreis.records.exchange.plan import Mode, Rule
from kundenkreis.records.exchange.related import may_make
from kundenkreis.records.exchange.table import Table
from kundenkreis.records.formfields import ReferenceField
from kundenkreis.records.forms import of_input

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
    from kundenkreis.records.models import Transfer

SAMPLES, LOOKED_AT = 3, 200


def columns(
    kind: RecordType, viewer: Viewer, transfer: Transfer, lacking: Collection[str] = ()
) -> dict[str, Any]:
    """Each column with samples and the field it goes to; how the file is written; the choices."""
    table, asked = Table(kind.side, transfer), transfer.asked
    rows = list(islice(table.rows(), LOOKED_AT))
    chosen = [*asked.get("mapping", ()), *[""] * len(table.header)]
    rules = asked.get("rules", {})
    return {
        "here": kind.url("imports", transfer.pk),
        "files": transfer.found["files"],
        "columns": [
            {"title": title, "samples": _samples(rows, at), "target": target,
             "rule": rules.get(target, "")}
            for at, (title, target) in enumerate(zip(table.header, chosen, strict=False))
        ],
        "targets": targets(kind, viewer),
        "rules": _rules(),
        "known_from": transfer.found.get("known_from", ""),
        "reading": _reading(transfer),
        "modes": _modes(),
        "mode": asked.get("mode", Mode.CREATE),
        "known_by": _keys(kind, asked),
        "makes": _makes(kind, viewer, asked),
        "constants": _constants(kind, viewer, asked, lacking),
    }  # fmt: skip


def _samples(rows: list[Any], at: int) -> list[str]:
    texts = (text_of(row.cells[at]) for row in rows)
    return list(islice(dict.fromkeys(text[:60] for text in texts if text), SAMPLES))


def _reading(transfer: Transfer) -> dict[str, Any]:
    file, asked = transfer.found["files"][0], transfer.asked
    return {
        "format": file["format"],
        "encoding": file.get("encoding", "").removesuffix("-sig"),
        "encodings": words.ENCODINGS.items(),
        "separator": file.get("separator", ""),
        "separators": words.separators().items(),
        "sheet": file.get("sheet", ""),
        "sheets": file.get("sheets", []),
        "decimal": asked.get("decimal", ","),
        "decimals": {",": "1.234,56", ".": "1,234.56"}.items(),
        "dates": asked.get("dates", ORDERS[0]),
        "date_orders": words.date_orders().items(),
    }


def _modes() -> list[tuple[str, str]]:
    return [
        (Mode.CREATE, _("Only create what is new")),
        (Mode.BOTH, _("Create what is new, change what is there")),
        (Mode.UPDATE, _("Only change what is there")),
    ]


def _rules() -> list[tuple[str, str]]:
    return [
        (Rule.OVERWRITE, _("overwrite")),
        (Rule.EMPTY, _("only fill what is empty")),
        (Rule.SKIP, _("leave as it is")),
    ]


def _keys(kind: RecordType, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    chosen = asked.get("keys")
    return [
        {
            "name": key_name(key),
            "label": key.label,
            "chosen": not key.weak if chosen is None else key_name(key) in chosen,
        }
        for key in kind.exchange.keys
        if not key.warns
    ]


def _makes(kind: RecordType, viewer: Viewer, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name in target_names(kind, viewer):
        field = of_input(kind, name, viewer)
        if isinstance(field, ReferenceField) and may_make(field.kind, viewer):
            label = _("%(field)s: create what is unknown") % {"field": field.label}
            found.append({"name": name, "label": label, "chosen": name in asked.get("makes", ())})
    return found


def _constants(
    kind: RecordType, viewer: Viewer, asked: Mapping[str, Any], lacking: Collection[str]
) -> list[dict[str, Any]]:
    found = []
    for name in (*kind.exchange.must, *kind.exchange.may):
        if name in target_names(kind, viewer):
            field = of_input(kind, name, viewer)
            choices = [str(label) for value, label in choices_of(field) if value not in ("", None)]
            text = asked.get("constants", {}).get(name, "")
            wrong = _("Say it here, or choose a column for it.") if name in lacking else ""
            found.append(
                {"name": name, "label": field.label, "choices": choices, "text": text,
                 "wrong": wrong, "help": field.help_text if name in kind.exchange.may else ""}
            )  # fmt: skip
    return found


def choices_of(field: Any) -> Iterable[tuple[Any, Any]]:
    """What there is to choose from in a form field: values with their labels."""
    return getattr(field, "choices", ())


def lacking(kind: RecordType, viewer: Viewer, decided: Mapping[str, Any]) -> list[str]:
    """What every new record needs, and neither a column nor the form says."""
    if not decided or decided["mode"] == Mode.UPDATE:
        return []
    said = {*decided["mapping"], *(name for name, text in decided["constants"].items() if text)}
    asked = target_names(kind, viewer)
    return [name for name in kind.exchange.must if name in asked and name not in said]


def decided(
    kind: RecordType, viewer: Viewer, transfer: Transfer, data: QueryDict
) -> dict[str, Any]:
    """What the form about the columns says; unknown names count for nothing."""
    if transfer.asked.get("trip") or "mode" not in data:
        return {}
    allowed = {*target_names(kind, viewer), marks.NUMBER}
    given = data.getlist("column")[: len(transfer.found["header"])]
    names = [
        name if name in allowed and given.index(name) == at else "" for at, name in enumerate(given)
    ]
    rules = zip(names, data.getlist("rule"), strict=False)
    known = {key_name(key) for key in kind.exchange.keys}
    return {
        "mapping": names,
        "rules": {name: rule for name, rule in rules if name and rule in list(Rule)},
        "decimal": data.get("decimal", ""),
        "dates": data.get("dates", ""),
        "mode": data["mode"] if data["mode"] in list(Mode) else Mode.CREATE,
        "keys": [name for name in data.getlist("key") if name in known],
        "makes": [name for name in data.getlist("make") if name in allowed],
        "constants": {
            name: data.get(f"constant-{name}", "")[:200].replace("\0", "")
            for name in (*kind.exchange.must, *kind.exchange.may)
        },
    }


def readable(chosen: Mapping[str, str]) -> dict[str, str]:
    """Those choices about reading a file that are choices."""
    known = {"encoding": words.ENCODINGS, "separator": words.separators()}
    return {name: text for name, text in chosen.items() if name not in known or text in known[name]}
