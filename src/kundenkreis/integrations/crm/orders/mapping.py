"""Which column of a file means what: a mapping, a small JSON file that needs no programmer.

`columns` names the file's column for each of our fields; `number`, `placed_at`, `quantity` and
`unit_price` (net) must be there. `dates` are formats of strptime. Everything else has a default.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.text import normal

SHIPPED = Path(__file__).parent / "profiles"
REQUIRED = ("number", "placed_at", "quantity", "unit_price")
OPTIONAL = (
    *("sku", "name", "customer_number", "country", "voucher", "tax_rate"),
    *("first_name", "last_name", "email", "phone", "postal"),
)


class BadMapping(DomainError):
    """A mapping cannot be used."""


@dataclass(frozen=True, slots=True)
class OrderMapping:
    """How to read a file of order lines.

    `source` names where the orders come from (with the order's number it names an order for ever),
    `currency` is ISO 4217, `zone` the IANA time zone of the file's times; orders whose number
    begins with `cancellation_prefix` take goods back. `own_numbers`: customer numbers are the
    company's own, the same in all of its files; without it they are only the source's.
    """

    columns: Mapping[str, str]
    name: str = ""
    cancellation_prefix: str = ""
    dates: tuple[str, ...] = (
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d",
    )
    decimal_point: str = "."
    source: str = ""
    currency: str = ""
    zone: str = "Europe/Berlin"
    own_numbers: bool = True
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        missing = [name for name in REQUIRED if not self.columns.get(name)]
        unknown = sorted(set(self.columns) - {*REQUIRED, *OPTIONAL})
        if missing or unknown:
            raise BadMapping(
                _("This mapping cannot be used."),
                _("Missing: %(missing)s. Unknown: %(unknown)s.")
                % {"missing": ", ".join(missing) or "–", "unknown": ", ".join(unknown) or "–"},
                _("The fields are: %(fields)s.") % {"fields": ", ".join((*REQUIRED, *OPTIONAL))},
            )
        try:
            object.__setattr__(self, "_zone", ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError):
            raise BadMapping(_("There is no time zone “%s”.") % self.zone) from None

    @property
    def tzinfo(self) -> ZoneInfo:
        return self._zone

    def with_options(self, **given: str | None) -> OrderMapping:
        """The mapping with what the command line says; source and currency must be known then.

        The customer numbers of another source than the mapping's own are only that source's.
        """
        said: dict[str, Any] = {name: normal(value) for name, value in given.items() if value}
        if self.source and said.get("source", self.source) != self.source:
            said["own_numbers"] = False
        mapping = replace(self, **said)
        for name, option in (("source", "--source"), ("currency", "--currency")):
            if not getattr(mapping, name):
                raise BadMapping(
                    _("The mapping does not say the %s of the orders.") % name,
                    hint=_("Add it to the mapping, or use the option %s.") % option,
                )
        return mapping


def load(path: Path) -> OrderMapping:
    """A mapping from its file. Raises `BadMapping`."""
    try:
        said = json.loads(normal(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise BadMapping(_("The mapping %s cannot be read.") % path, str(error)) from error
    return from_json(said)


def from_json(said: Any) -> OrderMapping:
    """A mapping from its JSON value. Raises `BadMapping`."""
    known = {one.name for one in fields(OrderMapping) if one.init}
    if not isinstance(said, dict) or set(said) - known or not isinstance(said.get("columns"), dict):
        raise BadMapping(
            _("This mapping cannot be used."),
            hint=_("It is a JSON object with: %(names)s.") % {"names": ", ".join(sorted(known))},
        )
    return OrderMapping(**{**said, **({"dates": tuple(said["dates"])} if "dates" in said else {})})


def fitting(header: Iterable[str]) -> OrderMapping:
    """The shipped mapping whose columns a file has. Raises `BadMapping` when there is none."""
    columns = set(header)
    for path in sorted(SHIPPED.glob("*.json")):
        mapping = load(path)
        if set(mapping.columns.values()) <= columns:
            return mapping
    raise BadMapping(
        _("No shipped mapping fits the columns of this file."),
        _("They are: %s.") % ", ".join(sorted(columns)[:40]),
        _("Write a mapping and name it with --mapping."),
    )
