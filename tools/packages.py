"""Debian's packages, for what tests need and only when we may install them."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def may_install() -> bool:
    """Whether this machine has apt and we are its administrator."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*names: str) -> str:
    """Installs packages; returns an empty text, or what went wrong."""
    if problem := _update():
        return problem
    return _apt("install", "-y", "-qq", "--no-install-recommends", *names)


@cache
def _update() -> str:
    """The package lists, once per run: a new machine has none, an old one has stale ones."""
    return _apt("update", "-qq")


def _apt(*arguments: str) -> str:
    done = subprocess.run(
        ["apt-get", "-o", "DPkg::Lock::Timeout=120", *arguments],
        env={**os.environ, **QUIET},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).strip().splitlines()
    return "" if done.returncode == 0 else f"apt-get {arguments[0]}: {' '.join(lines[-3:])}"
