"""The import of places: columns as GeoNames and others name them, rows that make no sense told."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.places import commands
from kundenkreis.crm.people.places.regions import region_code, region_name
from kundenkreis.integrations.crm.files import BadCell, Problem, Problems, Unreadable, header, rows
from kundenkreis.kernel.access import system
from kundenkreis.kernel.countries import country_code

# What each column may be called, in small letters.
NAMES: Mapping[str, tuple[str, ...]] = {
    "country": ("country_code", "country", "land", "land_code", "iso"),
    "postal_code": ("postal_code", "postal code", "zipcode", "zip", "postcode", "plz"),
    "name": ("place", "place_name", "name", "town", "city", "ort"),
    "state": ("state", "bundesland", "kanton", "canton", "admin1"),
    "latitude": ("latitude", "lat", "breite"),
    "longitude": ("longitude", "lng", "lon", "long", "länge", "laenge"),
}
NEEDED = ("name", "latitude", "longitude")


def run(args: argparse.Namespace) -> int:
    """Add the places of a file, if one is named, and locate all addresses. Raises `Unreadable`."""
    actor, said, refused = system("import"), [], 0
    with ExitStack() as stack:
        if args.file is not None:
            names = header(args.file)
            problems = Problems(args.errors, names, stack)
            count = commands.add_places(
                actor=actor, places=_read(args.file, names, args.country or "", problems)
            )
            said.append(_("%(n)s places added") % {"n": f"{count:,}"})
            refused = problems.count
            said += problems.lines()
        count = commands.locate_everything(actor=actor)
        said.append(_("%(n)s addresses located") % {"n": f"{count:,}"})
    sys.stdout.write("\n".join(said) + "\n")
    return 1 if refused else 0


def _read(path: Path, names: list[str], country: str, problems: Problems) -> Iterator[Any]:
    at = _columns(names, country)
    usual = country_code(country) if country else ""
    for line, row in rows(path):
        try:
            yield _place({name: row[n] if n < len(row) else "" for name, n in at.items()}, usual)
        except BadCell as error:
            problems.note([Problem(line, str(error), row)])


def _columns(names: list[str], country: str) -> dict[str, int]:
    known = [name.casefold() for name in names]
    at = {
        field: known.index(name)
        for field, some in NAMES.items()
        for name in reversed(some)
        if name in known
    }
    missing = [name for name in NEEDED if name not in at]
    if "country" not in at and not country:
        missing.append("country")
    if missing:
        raise Unreadable(
            _("The file lacks columns: %(names)s.") % {"names": ", ".join(missing)},
            _("Each place needs a name, its latitude and longitude, and its country."),
            _("Name the columns so, or say the country with --country."),
        )
    return at


def _place(cells: Mapping[str, str], usual: str) -> Any:
    country = country_code(cells.get("country", "")) or usual
    if not country:
        raise BadCell(_("no country is called “%(text)s”") % {"text": cells.get("country", "")})
    if not cells["name"].strip():
        raise BadCell(_("the place has no name"))
    latitude = _degrees(cells["latitude"], 90)
    longitude = _degrees(cells["longitude"], 180)
    state = region_code(cells.get("state", ""))
    region = state if state.startswith(f"{country}-") and region_name(state) else ""
    code = cells.get("postal_code", "")
    return commands.place(country, code, cells["name"].strip(), latitude, longitude, region)


def _degrees(text: str, most: int) -> float:
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        found = float("nan")
    if not -most <= found <= most:
        raise BadCell(_("“%(text)s” is no number of degrees") % {"text": text[:20]})
    return found
