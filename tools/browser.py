"""Finds a Chromium that really starts, or gets one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tools import packages
from tools.paths import VENV

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def provide() -> tuple[str, str]:
    """The path of a browser, or nothing and the reason why there is none."""
    if found := installed():
        return found, ""
    reasons = []
    if packages.may_install():
        reasons.append(packages.install("chromium") or "Debian's package does not start here")
        if found := installed():
            return found, ""
    reasons.append(download() or "the downloaded one does not start here")
    if found := installed():
        return found, ""
    return "", "no browser here: " + "; ".join(reasons)


def installed() -> str:
    """The first Chromium that answers; some names lead to stubs that only ask for an installer."""
    for path in (os.environ.get("KUNDENKREIS_TEST_BROWSER"), *map(shutil.which, NAMES)):
        if path and starts(path):
            return path
    path = bundled()
    return path if path and starts(path) else ""


def bundled() -> str | None:
    """Where Playwright keeps its own download."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def starts(path: str) -> bool:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"Chrom" in done.stdout


def download() -> str:
    """Playwright's own download; returns an empty text, or what went wrong."""
    command = [str(VENV / "bin" / "playwright"), "install", "chromium"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        return "the download took too long"
    return "" if done.returncode == 0 else "Playwright could not download one"
