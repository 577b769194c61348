"""What may lie in the repository: our own text, pictures of the product, and nothing of one machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tools.paths import ROOT, project_files

PICTURES = {".png", ".webp", ".ico"}
LARGEST_PICTURE = 600_000
LARGEST_TEXT = 600_000  # the German texts are the largest
THIRD_PARTY = re.compile(r"(^|/)(node_modules|vendor|third_party|site-packages)/|\.min\.(js|css)$")
# Written in two parts so that this file does not contain what it looks for.
REGISTRIES = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "debian" + ".org/debian"]
MACHINE_PATHS = re.compile(
    r"(?<![\w./~}-])/(?:work|root|home/[a-z][\w-]*|Users/\w+|tmp/kk)(?:/|\b)"
)
# A licence text, and lock files, which have a check of their own.
SKIPPED = {"LICENSE", "package-lock.json", "requirements.lock"}


def check() -> list[str]:
    found: list[str] = []
    hosts = [*REGISTRIES, *configured_hosts(os.environ)]
    for path in project_files():
        found += problems(path, (ROOT / path).read_bytes(), hosts)
    return found


def problems(path: Path, content: bytes, hosts: Iterable[str]) -> Iterator[str]:
    """What one file contains that does not belong here."""
    if THIRD_PARTY.search(path.as_posix()):
        yield f"{path}: third-party code comes from a registry, it is not committed"
    if path.suffix in PICTURES:
        if len(content) > LARGEST_PICTURE:
            yield f"{path}: {len(content):,} bytes; pictures stay below {LARGEST_PICTURE:,}"
        return
    if b"\0" in content:
        yield f"{path}: a binary file"
        return
    if len(content) > LARGEST_TEXT:
        yield f"{path}: {len(content):,} bytes; data is made or fetched, not committed"
    if path.name in SKIPPED:
        return
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if match := MACHINE_PATHS.search(line):
            yield f"{path}:{number}: a path of one machine: {match.group()}"
        yield from (f"{path}:{number}: the host of a registry" for host in hosts if host in line)


def configured_hosts(environment: dict[str, str] | os._Environ[str]) -> list[str]:
    """The registries this machine is set up to use; their names must not leak into the project."""
    addresses = [
        value
        for name, value in environment.items()
        if name.upper().startswith(("PIP_", "UV_", "NPM_CONFIG_")) and "://" in value
    ]
    for command in (
        ["python3", "-m", "pip", "config", "list"],
        ["npm", "config", "get", "registry"],
    ):
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        addresses += re.findall(r"https?://[^\s'\"]+", done.stdout)
    hosts = {urlsplit(address).hostname or "" for address in " ".join(addresses).split()}
    return sorted(host for host in hosts if "." in host and host not in {"127.0.0.1"})


if __name__ == "__main__":
    print(json.dumps(check(), indent=1, ensure_ascii=False))
