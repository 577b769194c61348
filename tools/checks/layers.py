"""Imports point down. The architecture as data; import-linter does the looking.

The contracts are written for the folders that exist, so a part that is still to come is no error,
and a part that nobody has placed in the layers is one.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.paths import ROOT, VENV

HOUSE = [
    "config",
    "web | edge | api | demo",
    "dossier",
    "link | insight | integrations",
    "crm | engage",
    "automation",
    "records",
    "ui",
    "kernel",
]
INSIDE = {
    "web": ["crm | engage | insight | operation", "shell", "guide"],
    "crm": [
        "sales | service | projects | staff | protection | webhooks",
        "letters",
        "work",
        "people",
        "accounts",
    ],
    "engage": [
        "journeys",
        "campaigns",
        "segments",
        "pages | social | community | conversations",
        "tracking",
        "consent",
        "profiles",
    ],
}
CONTEXT = [
    "records | rules | handlers | jobs",
    "commands",
    "queries",
    "models | events | errors | privacy",
]
SIDES = ("crm", "engage")
# What the environment says (data directory, host names) is read where a process starts.
STARTERS = {"demo": "config.env"}
PUBLIC = ["edge", "engage", "integrations.engage", "config.settings.edge", "config.urls_edge"]
BEHIND_THE_WALL = [
    *(
        "crm",
        "link",
        "dossier",
        "insight",
        "web",
        "api",
        "integrations.crm",
        "config.settings.inner",
    )
]


def check() -> list[str]:
    return problems(ROOT / "src" / "kundenkreis")


def problems(package: Path) -> list[str]:
    """What import-linter finds in one package laid out like ours."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "contracts.ini"
        config.write_text(contracts(package), "utf-8")
        done = subprocess.run(
            [str(VENV / "bin" / "lint-imports"), "--config", str(config), "--no-cache"],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(package.parent),
                "NO_COLOR": "1",
                "COLUMNS": "200",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode == 0:
        return []
    text = done.stdout + done.stderr
    return text[max(text.find("Broken contracts"), 0) :].splitlines()


def contracts(package: Path) -> str:
    """The contracts in import-linter's own format."""
    root = package.name
    parts = ["[importlinter]", f"root_package = {root}", "include_external_packages = False", ""]
    parts += _layers("house", "Imports point down", [root], HOUSE, exhaustive=True)
    for name, layers in INSIDE.items():
        if exists(package, name):
            parts += _layers(name, f"Inside {name}", [f"{root}.{name}"], layers, exhaustive=True)
    contexts = [f"{root}.{name}" for name in context_names(package)]
    if contexts:
        parts += _layers("context", "Inside every context", contexts, CONTEXT, exhaustive=False)
    public = [f"{root}.{name}" for name in PUBLIC if exists(package, name)]
    inner = [f"{root}.{name}" for name in BEHIND_THE_WALL if exists(package, name)]
    if public and inner:
        parts += ["[importlinter:contract:wall]", "name = The wall", "type = forbidden"]
        parts += _values("source_modules", public) + _values("forbidden_modules", inner)
        parts += _free_imports(root)
    return "\n".join(parts) + "\n"


def exists(package: Path, dotted: str) -> bool:
    path = package.joinpath(*dotted.split("."))
    return (path / "__init__.py").exists() or path.with_suffix(".py").exists()


def context_names(package: Path) -> Iterator[str]:
    """The contexts of both sides that have code, as `crm.people`."""
    for side in SIDES:
        for init in sorted((package / side).glob("*/__init__.py")):
            if init.parent.name != "tests":
                yield f"{side}.{init.parent.name}"


def _layers(
    key: str, name: str, containers: list[str], layers: list[str], *, exhaustive: bool
) -> list[str]:
    # Parentheses: the layer need not exist yet.
    optional = [" | ".join(f"({one})" for one in layer.split(" | ")) for layer in layers]
    ignored = (
        _values("exhaustive_ignores", ["tests", "testing", "migrations"]) if exhaustive else []
    )
    return [
        *(f"[importlinter:contract:{key}]", f"name = {name}", "type = layers"),
        *(f"exhaustive = {exhaustive}", *ignored),
        *(*_values("containers", containers), *_values("layers", optional)),
        *_free_imports(containers[0].split(".")[0]),
    ]


def _free_imports(root: str) -> list[str]:
    """A test may look at anything, and what starts a process at the environment."""
    free = [f"{root}.**.tests.** -> {root}.**", f"{root}.**.testing -> {root}.**"]
    free += [f"{root}.{part}.** -> {root}.{known}" for part, known in STARTERS.items()]
    return [*_values("ignore_imports", free), "unmatched_ignore_imports_alerting = none", ""]


def _values(key: str, values: list[str]) -> list[str]:
    return [f"{key} =", *(f"    {value}" for value in values)]
