"""The bill of materials: it covers everything that is installed, each with a hash."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tools import sbom
from tools.paths import ROOT, read

# Python's own installer, which comes with every environment.
BESIDE = frozenset({sbom.OURS, "pip", "setuptools", "wheel"})


def check() -> list[str]:
    found = sbom.bill()
    front = json.loads(read(Path("package.json")))
    installed = {
        (str(canonicalize_name(one.name)), one.version)
        for one in metadata.distributions()
        if canonicalize_name(one.name) not in BESIDE
    }
    modules = set(modules_in(ROOT / "node_modules"))
    return [
        *problems(found),
        *missing(found, "pypi", installed),
        *missing(found, "npm", modules),
        *(f"{name} is shipped, but not listed so" for name in unlisted(found, front)),
    ]


def problems(bill: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a bill by itself."""
    if (bill["bomFormat"], bill["specVersion"]) != ("CycloneDX", "1.6"):
        yield "it is no CycloneDX 1.6"
    seen: set[str] = set()
    for one in bill["components"]:
        if not one["hashes"]:
            yield f"{one['bom-ref']} has no hash"
        if one["bom-ref"] in seen:
            yield f"{one['bom-ref']} is listed twice"
        seen.add(one["bom-ref"])


def missing(
    bill: Mapping[str, Any], sort: str, installed: Collection[tuple[str, str]]
) -> Iterator[str]:
    """What is installed, but not listed in this version."""
    start = f"pkg:{sort}/"
    known = {
        (one["name"], one["version"]) for one in bill["components"] if one["purl"].startswith(start)
    }
    for name, version in sorted(set(installed) - known):
        yield f"{name} {version} is installed, but not listed"


def modules_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Names and versions of the front end's installed packages."""
    for path in (*folder.glob("*/package.json"), *folder.glob("@*/*/package.json")):
        said = json.loads(path.read_text())
        if "version" in said:
            yield said["name"], said["version"]


def unlisted(bill: Mapping[str, Any], front: Mapping[str, Any]) -> Iterator[str]:
    """Packages of the front end that pages load, but the bill does not say so."""
    shipped = {one["name"] for one in bill["components"] if one["scope"] == "required"}
    yield from sorted(set(front.get("dependencies", ())) - shipped)
