"""The software bill of materials (CycloneDX 1.6): all that the lock files bring, with its hashes.

`python -m tools.sbom FILE` writes it; the same lock files give the same bytes. `--lock` prints the
part of `requirements.lock` that the product itself needs, for an image without tests and checks. Licences are those
that installed packages name themselves.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.paths import ROOT, read

Component = dict[str, Any]
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
OURS = "kundenkreis"


def main(arguments: list[str]) -> int:
    if arguments == ["--lock"]:
        print(runtime_lock(), end="")
        return 0
    text = json.dumps(bill(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if arguments:
        path = Path(arguments[0])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"  {path}: {text.count('"bom-ref"') - 1} components")
    else:
        print(text, end="")
    return 0


def bill() -> dict[str, Any]:
    """The whole of it."""
    project = tomllib.loads(read(Path("pyproject.toml")))["project"]
    needed = _needed(project["dependencies"])
    found = [
        *python_components(read(Path("requirements.lock")), needed),
        *npm_components(json.loads(read(Path("package-lock.json")))),
    ]
    # One may lie in several places of the front end; once shipped, it is shipped.
    found.sort(key=lambda one: one["scope"] == "required")
    parts = [one for _ref, one in sorted({str(one["bom-ref"]): one for one in found}.items())]
    product = {
        "type": "application",
        "bom-ref": OURS,
        "name": OURS,
        "version": str(project["version"]),
        "licenses": [{"expression": "AGPL-3.0-or-later"}],
    }
    shipped = [one["bom-ref"] for one in parts if one["scope"] == "required"]
    said = json.dumps([product, parts], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, said)}",
        "version": 1,
        "metadata": {"component": product},
        "components": parts,
        "dependencies": [{"ref": OURS, "dependsOn": shipped}],
    }


def python_components(lock: str, needed: frozenset[str]) -> Iterator[Component]:
    """The packages of a requirements file; those only tests and checks need are `excluded`."""
    for entry in re.split(r"(?<!\\)\n", lock):
        if found := _PINNED.match(entry.strip()):
            name, version = canonicalize_name(found[1]), found[2]
            hashes = [{"alg": "SHA-256", "content": one} for one in _HASH.findall(entry)]
            purl = f"pkg:pypi/{name}@{version}"
            yield _component(name, version, purl, name in needed, hashes, _licence(name))


def runtime_lock() -> str:
    """The entries of the lock file without those that only tests and checks need."""
    project = tomllib.loads(read(Path("pyproject.toml")))["project"]
    needed = _needed(project["dependencies"])
    entries = re.split(r"(?<!\\)\n", read(Path("requirements.lock")))
    kept = [
        entry
        for entry in entries
        if (found := _PINNED.match(entry)) and canonicalize_name(found[1]) in needed
    ]
    return "\n".join(kept) + "\n"


def npm_components(lock: Mapping[str, Any]) -> Iterator[Component]:
    """The packages of the front end; those only its build needs are `excluded`."""
    for place, one in lock["packages"].items():
        if not place:
            continue
        name = place.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{quote(name, safe='/')}@{one['version']}"
        digest = base64.b64decode(one["integrity"].removeprefix("sha512-")).hex()
        hashes = [{"alg": "SHA-512", "content": digest}]
        yield _component(
            name, one["version"], purl, not one.get("dev"), hashes, one.get("license", "")
        )


def _component(
    name: str, version: str, purl: str, shipped: bool, hashes: list[Component], licence: str
) -> Component:
    found: Component = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "scope": "required" if shipped else "excluded",
        "hashes": hashes,
    }
    if licence:
        found["licenses"] = [{"license": {"name": licence}}]
    return found


def _needed(direct: list[str]) -> frozenset[str]:
    """What the product itself needs, with what that needs, as far as it is installed here."""
    found: set[str] = set()
    ahead = [Requirement(text) for text in direct]
    while ahead:
        one = ahead.pop()
        name = str(canonicalize_name(one.name))
        extras = one.extras or {""}
        if name in found and not one.extras:
            continue
        found.add(name)
        try:
            texts = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        for more in map(Requirement, texts):
            wanted = more.marker is None or any(
                more.marker.evaluate({"extra": extra}) for extra in extras
            )
            if wanted and (canonicalize_name(more.name) not in found or more.extras - one.extras):
                ahead.append(more)
    return frozenset(found)


def _licence(name: str) -> str:
    try:
        known = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if said := known.get("License-Expression"):
        return str(said)
    prefix = "License :: OSI Approved :: "
    listed = [str(one) for one in known.get_all("Classifier") or []]
    return ", ".join(one.removeprefix(prefix) for one in listed if one.startswith(prefix))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    raise SystemExit(main(sys.argv[1:]))
