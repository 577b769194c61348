"""S08: no cell of any file that is exported is a formula, whatever a record says."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.db import models
from django.test import Client

from kundenkreis.kernel.testing import BOTH
from kundenkreis.records.exchange.writers import safe, unsafe
from kundenkreis.records.registry import TYPES
from tests.attack import asking
from tests.rights.company import Company

pytestmark = pytest.mark.django_db(databases=BOTH)

STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠")
FORMULAS = tuple(f"{start}cmd|' /C calc'!A0" for start in STARTS)
NUMBER = re.compile(r"[+-]?[\d.,\s]+(?: ?\D{1,3})?")
SEVERAL = 10


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula: after what it strips, one of those."""
    return cell.startswith(STARTS) and not NUMBER.fullmatch(cell)


def spoiled(kind: object) -> list[str]:
    """Every text of a type's records made a formula, past all checks; returns of which columns."""
    model = kind.model  # type: ignore[attr-defined]
    names = [
        one.name for one in model._meta.local_concrete_fields
        if isinstance(one, models.CharField | models.TextField)
        and not (one.unique or one.choices or (one.max_length or 300) < 25)
        and one.get_internal_type() in ("CharField", "TextField")
    ]  # fmt: skip
    if kind.name == "user":  # type: ignore[attr-defined]
        names = ["name"]  # the others are what Anna is logged in with
    rows = model._default_manager.using(kind.side.alias)  # type: ignore[attr-defined]
    for number, row in enumerate(rows.all()[:20]):
        values = {name: FORMULAS[(number + at) % len(FORMULAS)] for at, name in enumerate(names)}
        if values:
            rows.filter(pk=row.pk).update(**values)
    return names


def cells(text: str) -> Iterator[str]:
    separator = ";" if ";" in text.partition("\n")[0] else ","
    for row in csv.reader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator
    ):
        yield from row


def test_s08_no_export_of_any_type_has_a_formula(firm: Company, anna: Client) -> None:
    wrong, spoilt = [], 0
    for kind in TYPES.values():
        names = spoiled(kind)
        if "export" not in kind.actions or not names:
            continue
        query = {"columns": ",".join(names)}
        if anna.get(f"{kind.url()}export.csv", query).status_code != 200:
            query = {}
        answer = anna.get(f"{kind.url()}export.csv", query)
        assert answer.status_code == 200, kind.name
        text = b"".join(answer).decode()
        spoilt += "calc" in text
        wrong += [f"{kind.name} {one!r}" for one in cells(text) if runs(one)]
        sheet = anna.get(f"{kind.url()}export.xlsx", query)
        with zipfile.ZipFile(io.BytesIO(b"".join(sheet))) as book:
            parts = {name: book.read(name).decode() for name in book.namelist()}
        wrong += [
            f"{kind.name} {name}" for name, part in parts.items() if re.search(r"<f[ >]", part)
        ]
    assert not wrong, "\n".join(wrong[:20])
    assert spoilt >= SEVERAL


# Whoever writes cells past `writers`, and why that is no way to anybody's spreadsheet.
OWN = {
    "records/exchange/writers.py": "it makes them safe",
    "integrations/crm/files.py": "rows of a file that a command refused, as they were, to be mended",
    "integrations/crm/folder/example.py": "an example whose texts are ours",
}


def test_s08_every_file_with_cells_is_written_by_who_makes_them_safe() -> None:
    found = {
        path.relative_to(asking.SOURCE).as_posix()
        for path in asking.SOURCE.rglob("*.py")
        if "tests" not in path.parts
        and re.search(r"csv\.(Dict)?[wW]riter\(", path.read_text("utf-8"))
    }
    assert found == OWN.keys()


def test_a_file_that_forgets_it_is_noticed() -> None:
    """The control."""
    assert all(map(runs, FORMULAS))
    assert not any(runs(safe(one)) for one in FORMULAS)
    assert all(unsafe(safe(one)) == one for one in FORMULAS)
    assert not any(map(runs, ["-5", "+1.234,50 €", "x=1", "'=1"]))
