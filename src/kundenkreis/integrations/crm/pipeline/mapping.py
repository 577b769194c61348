"""Which file and column of a folder means what, in a small JSON file.

`tables` names file and columns of organisations, products, owners and opportunities;
`corrections` replaces cells that are known to be wrong; `stages` says what the words for stages
mean. `revenue_in` is what one unit of the revenue column is worth (1,000,000 for millions).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.integrations.crm.files import header
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.text import normal

SHIPPED = Path(__file__).parent / "profiles"
FIELDS = {
    "organisations": ("name", "industry", "founded", "revenue", "employees", "country", "parent"),
    "products": ("name", "series", "price"),
    "owners": ("name", "manager", "office"),
    "opportunities": (
        *("number", "owner", "product", "organisation"),
        *("stage", "opened_on", "closed_on", "value"),
    ),
}


class BadMapping(DomainError):
    """A mapping cannot be used."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file of the folder, and its column for each of our fields."""

    file: str
    columns: Mapping[str, str]

    def path(self, folder: Path) -> Path | None:
        """Where the file is, packed or not; None when it is not there."""
        found = (folder / self.file, folder / f"{self.file}.gz")
        return next((path for path in found if path.is_file()), None)


@dataclass(frozen=True, slots=True)
class StageMapping:
    """What a word for a stage means."""

    name: str
    de: str
    en: str
    kind: str
    probability: int

    @property
    def slug(self) -> str:
        return "-".join(self.name.casefold().split())


@dataclass(frozen=True, slots=True)
class PipelineMapping:
    """How to read a folder of another system's sales data; amounts are in `currency`."""

    source: str
    currency: str
    tables: Mapping[str, Table]
    stages: tuple[StageMapping, ...]
    pipeline: Mapping[str, str]
    name: str = ""
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    revenue_in: int = 1
    corrections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def load(path: Path) -> PipelineMapping:
    """A mapping from its file. Raises `BadMapping`."""
    try:
        return _from_json(json.loads(normal(path.read_text("utf-8"))))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadMapping(
            _("The mapping %s cannot be used.") % path.name,
            str(error),
            _("Compare it with the one that is shipped: %s.") % (SHIPPED / "maven.json"),
        ) from error


def fitting(folder: Path) -> PipelineMapping:
    """The shipped mapping whose files and columns a folder has. Raises `BadMapping`."""
    for path in sorted(SHIPPED.glob("*.json")):
        mapping = load(path)
        if not lacking(mapping, folder):
            return mapping
    raise BadMapping(
        _("No shipped mapping fits the files in %s.") % folder,
        hint=_("Write a mapping and name it with --mapping."),
    )


def lacking(mapping: PipelineMapping, folder: Path) -> list[str]:
    """Files and columns that the mapping names and the folder does not have."""
    missing = []
    for table in mapping.tables.values():
        path = table.path(folder)
        if path is None:
            missing.append(table.file)
            continue
        columns = set(header(path))
        missing += [f"{table.file}: {c}" for c in table.columns.values() if c not in columns]
    return missing


def _from_json(said: dict[str, Any]) -> PipelineMapping:
    tables = {name: Table(**table) for name, table in said["tables"].items()}
    for name, wanted in FIELDS.items():
        if set(tables[name].columns) != set(wanted):
            raise ValueError(f"{name}: {', '.join(wanted)}")
    stages = tuple(StageMapping(**stage) for stage in said["stages"])
    rest = {**said, "tables": tables, "stages": stages}
    if "dates" in said:
        rest["dates"] = tuple(said["dates"])
    return PipelineMapping(**rest)
