"""What the pages of an import show, and what their forms say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kundenkreis.records.exchange import marks, words
from kundenkreis.records.exchange.mapping import target_names, targets
from kundenkreis.records.exchange.matching import key_name
from kundenkreis.records.exchange.notation import ORDERS, text_of
from kundenkreis.records.exchange.plan import Mode, Rule
from kundenkreis.records.exchange.related import may_make
from kundenkreis.records.exchange.table import NOTES, Table, logged, place
from kundenkreis.records.formfields import ReferenceField
from kundenkreis.records.forms import of_input
from kundenkreis.records.numbers import whole

if TYPE_CHECKING:
    from django.http import QueryDict

    from kundenkreis.kernel.access import Viewer
    from kundenkreis.records.declaration import RecordType
from kundenkreis.records.models import Transfer

SAMPLES, LOOKED_AT = 3, 200
PAGE = 25
SHOWN = ("problems", "conflicts", "changes", "warnings", "new")


def listed(kind: RecordType, transfers: Iterable[Transfer]) -> list[dict[str, Any]]:
    """Imports of before, each in a line."""
    return [
        {
            "url": kind.url("imports", one.pk),
            "at": one.created_at,
            "files": ", ".join(file["name"] for file in one.found.get("files", ())),
            "counts": tally(one, words.became_word),
            "transfer": one,
        }
        for one in transfers
    ]


def tally(transfer: Transfer, word: Callable[[str], str]) -> list[tuple[str, int]]:
    """The counts of a transfer that are not zero, in words."""
    names = ("created", "changed", "unchanged", "skipped", "failed")
    return [(word(name), transfer.counts[name]) for name in names if transfer.counts.get(name)]


# The columns


def columns(kind: RecordType, viewer: Viewer, transfer: Transfer) -> dict[str, Any]:
    """Each column with samples and the field it goes to; how the file is written; the choices."""
    table, asked = Table(kind.side, transfer), transfer.asked
    rows = list(islice(table.rows(), LOOKED_AT))
    chosen = [*asked.get("mapping", ()), *[""] * len(table.header)]
    rules = asked.get("rules", {})
    return {
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
        "constants": _constants(kind, viewer, asked),
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
    ]


def _makes(kind: RecordType, viewer: Viewer, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name in target_names(kind, viewer):
        field = of_input(kind, name, viewer)
        if isinstance(field, ReferenceField) and may_make(field.kind, viewer):
            label = _("%(field)s: create what is unknown") % {"field": field.label}
            found.append({"name": name, "label": label, "chosen": name in asked.get("makes", ())})
    return found


def _constants(kind: RecordType, viewer: Viewer, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name in kind.exchange.must:
        if name in target_names(kind, viewer):
            field = of_input(kind, name, viewer)
            choices = [
                str(label)
                for value, label in getattr(field, "choices", ())
                if value not in ("", None)
            ]
            text = asked.get("constants", {}).get(name, "")
            found.append({"name": name, "label": field.label, "choices": choices, "text": text})
    return found


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
            for name in kind.exchange.must
        },
    }


def readable(chosen: Mapping[str, str]) -> dict[str, str]:
    """Those choices about reading a file that are choices."""
    known = {"encoding": words.ENCODINGS, "separator": words.separators()}
    return {name: text for name, text in chosen.items() if name not in known or text in known[name]}


# The rows


def checked(kind: RecordType, transfer: Transfer, parameters: QueryDict) -> dict[str, Any]:
    """The counts, and a page of the rows that need a look, problems first."""
    counts = _looked_at(kind, transfer)
    views = [name for name in SHOWN if counts[name]]
    view = parameters.get("show", "")
    view = view if view in views else next(iter(views), "")
    start = whole(parameters.get("from", "")) or 0
    table = Table(kind.side, transfer)
    notes = list(islice(_of_view(kind, transfer, view), start, start + PAGE + 1))
    used = [
        (at, words.label_of(kind, name))
        for at, name in enumerate(transfer.asked["mapping"])
        if name and at < len(table.header)
    ]
    turn = f"?show={view}&from="
    return {
        "tally": tally(transfer, words.would_word),
        "good": transfer.counts.get("created", 0) + transfer.counts.get("changed", 0),
        "views": [(name, _view_label(name), counts[name], name == view) for name in views],
        "view": view,
        "start": start,
        "used": [label for _at, label in used],
        "rows": [_row(kind, transfer, note, used, table) for note in notes[:PAGE]],
        "next_url": f"{turn}{start + PAGE}" if len(notes) > PAGE else "",
        "previous_url": f"{turn}{max(0, start - PAGE)}" if start else "",
        "ignored": transfer.found.get("ignored", []),
        "trip": transfer.asked.get("trip", False),
        "several": len(transfer.found["files"]) > 1,
    }


def _looked_at(kind: RecordType, transfer: Transfer) -> dict[str, int]:
    counts = dict.fromkeys(SHOWN, 0)
    for note in logged(place(kind.side, transfer, NOTES)):
        for name in SHOWN:
            counts[name] += _is(note, name)
    return counts


def _of_view(kind: RecordType, transfer: Transfer, view: str) -> Iterator[dict[str, Any]]:
    return (note for note in logged(place(kind.side, transfer, NOTES)) if _is(note, view))


def _is(note: Mapping[str, Any], view: str) -> bool:
    match view:
        case "problems":
            return bool(note["wrong"])
        case "conflicts":
            return bool(note["conflicts"])
        case "changes":
            return bool(note["changes"]) and note["became"] == "changed"
        case "warnings":
            return bool(note["warning"])
        case "new":
            return bool(note["became"] == "created")
    return False


def _view_label(name: str) -> str:
    return {
        "problems": _("With a problem"),
        "conflicts": _("Changed on both sides"),
        "changes": pgettext("rows", "Changes"),
        "warnings": _("Perhaps there already"),
        "new": pgettext("rows", "New"),
    }[name]


def _row(
    kind: RecordType,
    transfer: Transfer,
    note: dict[str, Any],
    used: list[tuple[int, str]],
    table: Table,
) -> dict[str, Any]:
    mapping, wrong = transfer.asked["mapping"], note["wrong"]
    declined = table.choices.get("declined", {}).get(str(note["row"]), ())
    accepted = table.choices.get("accepted", {}).get(str(note["row"]), ())
    cells = [*note["cells"], *[""] * len(mapping)]
    return {
        **note,
        "file": table.names[note["file"]],
        "url": kind.url(note["pk"]) if note["pk"] else "",
        "problem": words.said_wrong(kind, note),
        "left_out": note["row"] in table.choices.get("left_out", ()),
        "inputs": [(at, label, cells[at], mapping[at] in wrong) for at, label in used],
        "edits": [
            (name, words.label_of(kind, name), was, becomes, name not in declined)
            for name, (was, becomes) in note["changes"].items()
        ],
        "disputes": [
            (name, words.label_of(kind, name), now, said, name in accepted)
            for name, (now, said) in note["conflicts"].items()
        ],
    }


def chosen(
    kind: RecordType, transfer: Transfer, data: QueryDict
) -> Callable[[dict[str, Any]], None]:
    """What a page of rows says: corrected cells, rows left out, changes and conflicts decided.

    Only what the page showed is decided by it; `shown` names it.
    """
    table = Table(kind.side, transfer)

    def change(made: dict[str, Any]) -> None:
        for text in data.getlist("cells"):
            number = whole(text)
            if number is not None and number < table.total:
                _fix(made, number, table.row(number).cells, data)
        for text in data.getlist("shown"):
            number = whole(text)
            if number is not None:
                _leave_out(made, number, f"out-{number}" in data)
        for text in data.getlist("edit"):
            _tick(made.setdefault("declined", {}), text, f"take-{text}" not in data)
        for text in data.getlist("dispute"):
            _tick(made.setdefault("accepted", {}), text, f"take-{text}" in data)

    return change


def _fix(made: dict[str, Any], number: int, cells: list[Any], data: QueryDict) -> None:
    fixes = made.setdefault("fixes", {}).setdefault(str(number), {})
    for at, cell in enumerate(cells):
        text = data.get(f"cell-{number}-{at}")
        if text is not None and text.strip() != text_of(cell):
            fixes[str(at)] = text.replace("\0", "")[:2_000]


def _leave_out(made: dict[str, Any], number: int, out: bool) -> None:
    rows = set(made.get("left_out", ()))
    made["left_out"] = sorted(rows | {number} if out else rows - {number})


def _tick(places: dict[str, list[str]], text: str, on: bool) -> None:
    number, _dash, name = text.partition("-")
    if whole(number) is None:
        return
    names = set(places.get(number, ()))
    places[number] = sorted(names | {name} if on else names - {name})


def done(kind: RecordType, transfer: Transfer) -> dict[str, Any]:
    """What became of the rows, and the files that say it one by one."""
    counts = transfer.counts
    return {
        "tally": tally(transfer, words.became_word),
        "written": counts.get("created", 0) + counts.get("changed", 0),
        "failed_url": kind.url("imports", transfer.pk, "report", "failed")
        if counts.get("failed")
        else "",
        "results_url": kind.url("imports", transfer.pk, "report", "results"),
    }
