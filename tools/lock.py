"""Writes the lock files: every package with its hash, none with the name of a registry.

`make lock` keeps the versions that still fit; `make lock UPGRADE=1` takes the newest allowed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tools.paths import BOOT, ROOT

UV = [str(BOOT / "bin" / "uv"), "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
STYLE = ["--no-header", "--no-annotate", "--python-version", "3.12"]

# Lock file → what goes into it. The small ones are installed only where they are needed.
PYTHON_LOCKS = {
    "requirements.lock": [*("pyproject.toml", "--group", "test", "--group", "check")],
    "tools/locks/uv.lock": ["--group", "uv"],
    "tools/locks/node.lock": ["--group", "node"],
    "tools/locks/postgres.lock": ["--group", "postgres"],
}


def main() -> int:
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    for name, inputs in PYTHON_LOCKS.items():
        subprocess.run(
            [*UV, *STYLE, *upgrade, *inputs, "--output-file", name], cwd=ROOT, check=True
        )
        print(f"  {name}")
    npm = shutil.which("npm", path=f"{BOOT / 'bin'}:{os.environ['PATH']}")
    if npm is None:
        print("  package-lock.json was left as it is: there is no npm here", file=sys.stderr)
        return 1
    change = "update" if upgrade else "install"
    command = [npm, change, "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    print("  package-lock.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
