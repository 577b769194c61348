"""Lock files: complete, every package with its hash, none with the address of a registry."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.lock import PYTHON_LOCKS
from tools.paths import BOOT, ROOT, VENV, read

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")


def check() -> list[str]:
    project = tomllib.loads(read(Path("pyproject.toml")))
    found: list[str] = []
    for name, inputs in PYTHON_LOCKS.items():
        found += [
            f"{name}: {p}" for p in python_problems(read(Path(name)), wanted(project, inputs))
        ]
    package, lock = read(Path("package.json")), read(Path("package-lock.json"))
    found += [
        f"package-lock.json: {p}" for p in npm_problems(json.loads(package), json.loads(lock))
    ]
    return found + incomplete_environment()


def wanted(project: Mapping[str, Any], inputs: Sequence[str]) -> list[Requirement]:
    """The requirements that one lock file must hold: groups, and the product's own."""
    groups = [name for name, flag in zip(inputs[1:], inputs, strict=False) if flag == "--group"]
    own = project["project"]["dependencies"] if "pyproject.toml" in inputs else []
    texts = [*own, *(text for group in groups for text in project["dependency-groups"][group])]
    return [Requirement(text) for text in texts]


def python_problems(lock: str, requirements: Sequence[Requirement]) -> Iterator[str]:
    """What is wrong with a requirements file; the order of its lines does not matter."""
    locked: dict[str, str] = {}
    for entry in re.split(r"(?<!\\)\n", lock):
        entry = entry.strip()
        if not entry or entry.startswith("#"):
            continue
        pinned = _PINNED.match(entry)
        if pinned is None:
            yield f"not a pinned package: {entry.splitlines()[0]}"
            continue
        locked[canonicalize_name(pinned.group(1))] = pinned.group(2)
        if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry):
            yield f"{pinned.group(1)} has no hash"
    if re.search(r"https?://|--(?:extra-)?index-url|--find-links| @ ", lock):
        yield "names an address; lock files must work with any registry"
    for requirement in requirements:
        version = locked.get(canonicalize_name(requirement.name))
        if version is None:
            yield f"{requirement.name} is missing; run `make lock`"
        elif not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement} is wanted but {version} is locked; run `make lock`"


def npm_problems(package: Mapping[str, Any], lock: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with npm's lock file."""
    entries = dict(lock.get("packages", {}))
    root = entries.pop("", {})
    for kind in ("dependencies", "devDependencies", "optionalDependencies"):
        if package.get(kind, {}) != root.get(kind, {}):
            yield f"{kind} differ from package.json; run `make lock`"
    for name, entry in entries.items():
        if entry.get("link"):
            yield f"{name} is a link, not a package"
        elif "integrity" not in entry:
            yield f"{name} has no hash"
        if "resolved" in entry:
            yield f"{name} names an address; lock files must work with any registry"


def incomplete_environment() -> list[str]:
    """Whether what the lock installed is enough for every package in it."""
    command = [str(BOOT / "bin" / "uv"), "pip", "check", "--python", str(VENV / "bin" / "python")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else done.stderr.splitlines()
