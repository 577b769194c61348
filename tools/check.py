"""Every check that needs no running product, one line each. `--fix` repairs style first."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tools.paths import ROOT, VENV, source_files

BIN = VENV / "bin"
PYTHON = str(BIN / "python")
# What a public installation sets: TLS, and a host name for each side.
PRODUCTION = {
    "KUNDENKREIS_TLS": "1",
    "KUNDENKREIS_INNER_HOST": "crm.example.org",
    "KUNDENKREIS_EDGE_HOST": "post.example.org",
}
SETTINGS = ("inner", "edge")
SHOWN = 40
END_OF_A_TRACEBACK = 6


@dataclass(frozen=True)
class Check:
    """A name, and a function that returns the problems it found."""

    name: str
    run: Callable[[], list[str]]


def main(arguments: list[str]) -> int:
    """Runs the checks named on the command line, or all; 0 when none found anything."""
    if "--fix" in arguments:
        fix()
    names = [argument for argument in arguments if not argument.startswith("-")]
    chosen = [check for check in CHECKS if not names or check.name in names]
    if unknown := set(names) - {check.name for check in CHECKS}:
        print(f"No check is called {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    with ThreadPoolExecutor(max_workers=2) as pool:
        failed = [name for name in pool.map(report, chosen) if name]
    if failed:
        print(f"\n{len(failed)} of {len(chosen)} checks failed: {', '.join(failed)}")
        return 1
    print(f"\nAll {len(chosen)} checks passed.")
    return 0


def report(check: Check) -> str | None:
    """Runs one check and prints its line, with what it found below; its name when it failed."""
    started = time.monotonic()
    try:
        found = check.run()
    except Exception as error:  # noqa: BLE001 - a check that breaks is a check that failed
        found = [f"the check itself failed: {type(error).__name__}: {error}"]
    took = time.monotonic() - started
    lines = [f"  {'failed' if found else 'ok':<7} {check.name:<22} {took:6.1f} s"]
    lines += [f"            {line}" for line in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"            … and {len(found) - SHOWN} more")
    print("\n".join(lines), flush=True)
    return check.name if found else None


def tool(*command: str, **extra: str) -> list[str]:
    """Runs a program; nothing when it succeeds, else the lines it printed."""
    env = {**os.environ, **extra}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    lines = (done.stdout + done.stderr).splitlines() or [f"exit code {done.returncode}"]
    crashed = any(line.startswith("Traceback") for line in lines)
    return lines[-END_OF_A_TRACEBACK:] if crashed else lines


def own(name: str) -> Callable[[], list[str]]:
    """One of the project's own checks: the function `check` of a module in tools/checks/."""

    def run() -> list[str]:
        from importlib import import_module

        found: list[str] = import_module(f"tools.checks.{name}").check()
        return found

    return run


def style() -> list[str]:
    ruff = [str(BIN / "ruff")]
    return tool(*ruff, "check", "--quiet", "--output-format=concise", ".") + tool(
        *ruff, "format", "--check", "--output-format=concise", "."
    )


def types() -> list[str]:
    with tempfile.TemporaryDirectory() as home:
        return tool(
            *(str(BIN / "mypy"), "-p", "kundenkreis", "-p", "tools", "--no-error-summary"),
            KUNDENKREIS_HOME=home,
        )


def templates() -> list[str]:
    files = [str(path) for path in source_files(".html")]
    return tool(str(BIN / "djade"), "--target-version", "6.1", "--check", *files) if files else []


def reference() -> list[str]:
    with tempfile.TemporaryDirectory() as home:
        return tool(PYTHON, "-m", "tools.reference", "--check", KUNDENKREIS_HOME=home)


def with_django(*command: str) -> Callable[[], list[str]]:
    """Runs a program once with the settings of either side, as in production."""

    def run() -> list[str]:
        found: list[str] = []
        with tempfile.TemporaryDirectory() as home:
            for name in SETTINGS:
                settings = f"kundenkreis.config.settings.{name}"
                found += tool(
                    *(PYTHON, "-W", "error::DeprecationWarning:kundenkreis", *command),
                    **PRODUCTION,
                    KUNDENKREIS_HOME=home,
                    DJANGO_SETTINGS_MODULE=settings,
                )
        return list(dict.fromkeys(found))

    return run


def fix() -> None:
    ruff = str(BIN / "ruff")
    subprocess.run([ruff, "check", "--quiet", "--fix", "."], cwd=ROOT, check=False)
    subprocess.run([ruff, "format", "--quiet", "."], cwd=ROOT, check=False)
    if files := [str(path) for path in source_files(".html")]:
        subprocess.run(
            [str(BIN / "djade"), "--target-version", "6.1", *files], cwd=ROOT, check=False
        )


CHECKS = [
    Check("types", types),
    Check("style", style),
    Check("layers", own("layers")),
    Check("doors", own("doors")),
    Check("egress", own("egress")),
    Check("models", with_django("-m", "tools.checks.models")),
    Check("migrations", with_django("-m", "django", "makemigrations", "--check", "--dry-run")),
    Check("deploy", with_django("-m", "django", "check", "--deploy", "--fail-level", "WARNING")),
    Check("templates", templates),
    Check("markup", own("markup")),
    Check("translations", own("translations")),
    Check("sizes", own("sizes")),
    Check("locks", own("locks")),
    Check("sbom", own("sbom")),
    Check("contents", own("contents")),
    Check("guide", own("guide")),
    Check("reference", reference),
]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
