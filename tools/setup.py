"""Prepares a checkout for use: Python packages, front end, translations.

Runs under any Python from 3.8 on with nothing but its standard library, because it runs before
anything is installed. Every step remembers a hash of what it was made from and is skipped while
that stays the same, so a second run takes a fraction of a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent
BOOT = ROOT / ".boot"
VENV = ROOT / ".venv"
LOCKS = ROOT / "tools" / "locks"
STAMPS = BOOT / "stamps.json"
BUILT = ROOT / "src" / "kundenkreis" / "ui" / "static" / "built"
GUIDE = ROOT / "src" / "kundenkreis" / "web" / "guide" / "built"
PYTHON_TO_FETCH = "3.13"
OLDEST_NODE = 20
RECIPE = "2"  # raise it when a step below makes something else from the same files
# Nothing whose content is not known, and nothing that runs code of its own while it installs.
LOCKED = ("--require-hashes", "--only-binary", ":all:")
LINES_OF_A_FAILURE = 60
FOR_ROOT_ONLY = """
  Only root can run {python}. Where other users run the product,
  name a Python that they may run, too: make setup PYTHON=/usr/bin/python3.13
"""


class SetupError(Exception):
    """A step failed; the text says what to do."""


def main() -> int:
    """Brings the checkout up to date; 0 when everything is ready."""
    os.chdir(str(ROOT))
    folder = os.open(str(ROOT / "tools"), os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # two commands at once must not build the same thing
    started = time.monotonic()
    steps = Steps()
    try:
        make_boot(steps)
        install_packages(steps)
        build_front_end(steps)
        compile_messages(steps)
        build_guide(steps)
        compile_product(steps)
    except SetupError as problem:
        print("\n" + str(problem), file=sys.stderr)
        return 1
    if steps.done:
        print(f"  {'ready':<28}  {time.monotonic() - started:5.1f} s")
    return 0


# ── steps ──────────────────────────────────────────────────────────────────────────────────────


def make_boot(steps: Steps) -> None:
    """A small environment of its own for uv, so that no tool of the machine is relied on."""
    made_from = fingerprint([LOCKS / "uv.lock"], extra=sys.version)
    base = base_python()
    kept = steps.current("boot", made_from) and made_with(BOOT, base)
    if kept and works([str(BOOT / "bin" / "uv"), "--version"]):
        return
    steps.forget()
    with steps.step("uv"):
        if not can_make_environments(base):
            install_venv_module()
        run([base, "-m", "venv", "--clear", str(BOOT)])
        install_from_lock("uv.lock")
    steps.remember("boot", made_from)


def install_packages(steps: Steps) -> None:
    """Exactly the locked packages, every one checked against its hash, and the product itself."""
    made_from = fingerprint(
        [ROOT / "requirements.lock", ROOT / "pyproject.toml", LOCKS / "uv.lock"],
        extra=sys.version,
    )
    command = VENV / "bin" / "kundenkreis"
    target = ["--python", str(VENV / "bin" / "python")]
    # One that uv fetched is ours; any other must be the one that was asked for.
    usable = made_with(VENV, base_python()) or not is_new_enough()
    usable = usable and works([target[1], "-c", ""])
    if steps.current("packages", made_from) and command.exists() and usable:
        return
    uv = str(BOOT / "bin" / "uv")
    with steps.step("Python packages"):
        if not steps.current("python", sys.version) or not usable:
            python = base_python() if is_new_enough() else fetched_python(uv)
            run([uv, "venv", "--clear", "--python", python, str(VENV)])
            steps.remember("python", sys.version)
        run([uv, "pip", "sync", *target, *LOCKED, "--compile-bytecode", "requirements.lock"])
        # uv carries the build backend itself; offline makes sure that no unlocked one is fetched.
        run([uv, "pip", "install", *target, "--no-deps", "--offline", "--editable", "."])
    steps.remember("packages", made_from)
    python = os.path.realpath(target[1])
    if os.geteuid() == 0 and is_open(ROOT) and not is_open(Path(python)):
        print(FOR_ROOT_ONLY.format(python=python), file=sys.stderr)


def build_front_end(steps: Steps) -> None:
    """Third-party browser code from npm and our own, bundled into static files."""
    manifest = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    installed_from = fingerprint(manifest)
    built_from = fingerprint([*manifest, *files_below(ROOT / "frontend")], extra=icons_named())
    modules = (ROOT / "node_modules").is_dir()
    if steps.current("built", built_from) and BUILT.is_dir() and modules:
        return
    node = find_node(steps)
    if not (steps.current("npm", installed_from) and modules):
        with steps.step("front-end packages"):
            run([*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], path=node.folder)
        steps.remember("npm", installed_from)
    with steps.step("front end"):
        run([node.program, "frontend/build.mjs"], path=node.folder)
    steps.remember("built", built_from)


def compile_messages(steps: Steps) -> None:
    """The translations in the binary form that gettext reads."""
    sources = sorted((ROOT / "src").glob("**/LC_MESSAGES/*.po"))
    made_from = fingerprint(sources)
    if steps.current("messages", made_from) and all(
        source.with_suffix(".mo").exists() for source in sources
    ):
        return
    if sources:
        with steps.step("translations"):
            run([str(VENV / "bin" / "python"), "-m", "tools.messages", "compile"])
    steps.remember("messages", made_from)


def build_guide(steps: Steps) -> None:
    """The user guide as the product shows it."""
    sources = [*files_below(ROOT / "docs" / "guide"), *files_below(ROOT / "docs" / "screenshots")]
    made_from = fingerprint([*sources, ROOT / "tools" / "guide.py"])
    if not steps.current("guide", made_from) or not GUIDE.is_dir():
        with steps.step("guide"):
            run([str(VENV / "bin" / "python"), "-m", "tools.guide"])
        steps.remember("guide", made_from)


def compile_product(steps: Steps) -> None:
    """The product's bytecode: where Python may not write it itself, each start would compile anew.

    Seven processes start together, so that is several seconds of every start.
    """
    sources = sorted((ROOT / "src").rglob("*.py"))
    made_from = fingerprint(sources, extra=sys.version)
    if not steps.current("bytecode", made_from):
        with steps.step("bytecode"):
            run([str(VENV / "bin" / "python"), "-m", "compileall", "-q", "-j", "0", "src"])
        steps.remember("bytecode", made_from)


# ── Python ─────────────────────────────────────────────────────────────────────────────────────


def can_make_environments(python: str) -> bool:
    return works([python, "-c", "import ensurepip, venv"])


def install_venv_module() -> None:
    """Debian splits venv off its Python; as root we may add it, otherwise say what is missing."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])
        return
    raise SetupError("This Python lacks its venv module. Install it: apt-get install " + package)


def is_new_enough() -> bool:
    return sys.version_info >= (3, 12)


def base_python() -> str:
    """The interpreter that runs this, also when it does so from an environment made with it."""
    return getattr(sys, "_base_executable", None) or sys.executable


def made_with(folder: Path, python: str) -> bool:
    """Whether an environment was made with this interpreter: it names the folder of it."""
    about = folder / "pyvenv.cfg"
    said = re.findall(r"^home = (.+)$", about.read_text("utf-8"), re.M) if about.exists() else []
    named, real = Path(python).parent, Path(os.path.realpath(python)).parent
    return any(os.path.realpath(home) in (os.path.realpath(str(named)), str(real)) for home in said)


def is_open(path: Path) -> bool:
    """Whether everybody on the machine gets there."""
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))


def fetched_python(uv: str) -> str:
    try:
        run([uv, "python", "install", PYTHON_TO_FETCH])
        return run([uv, "python", "find", PYTHON_TO_FETCH]).strip().splitlines()[-1]
    except SetupError:
        raise SetupError(
            "Kundenkreis needs Python 3.12 or newer. The newest one found here is "
            f"{platform.python_version()}, and a newer one could not be downloaded. Install one "
            "and try again, or name it: make setup PYTHON=/path/to/python3.13"
        ) from None


def install_from_lock(name: str) -> None:
    """Installs the packages of tools/locks/<name> into .boot, checked against their hashes."""
    run(
        [
            *(str(BOOT / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--disable-pip-version-check", *LOCKED, "-r", str(LOCKS / name)),
        ]
    )


# ── Node ───────────────────────────────────────────────────────────────────────────────────────


class Node:
    """A Node that was seen to run: its program, how to call npm, and the folder both are in."""

    def __init__(self, program: str, npm: str) -> None:
        self.program = program
        self.npm = [npm]
        self.folder = str(Path(program).parent)


def find_node(steps: Steps) -> Node:
    """The machine's Node when it is new enough, else the one from the Python package index."""
    for folder in [str(BOOT / "bin"), *os.environ.get("PATH", "").split(os.pathsep)]:
        node = usable_node(folder)
        if node:
            return node
    with steps.step("Node (none found here)"):
        install_from_lock("node.lock")
    node = usable_node(str(BOOT / "bin"))
    if not node:
        raise SetupError("The Node just installed into .boot does not run on this machine.")
    return node


def usable_node(folder: str) -> Node | None:
    program, npm = Path(folder) / "node", Path(folder) / "npm"
    if not (program.is_file() and npm.is_file()):
        return None
    version = re.match(r"v(\d+)\.", answer([str(program), "--version"]))
    if not version or int(version.group(1)) < OLDEST_NODE:
        return None
    node = Node(str(program), str(npm))
    return node if works([*node.npm, "--version"], path=folder) else None


# ── small things ───────────────────────────────────────────────────────────────────────────────


class Steps:
    """What was made from which inputs, and the progress lines."""

    def __init__(self) -> None:
        self.done = 0
        self.stamps = {}  # type: dict[str, str]
        if STAMPS.exists():
            try:
                self.stamps = json.loads(STAMPS.read_text("utf-8"))
            except ValueError:
                self.stamps = {}

    def current(self, name: str, made_from: str) -> bool:
        return self.stamps.get(name) == made_from

    def remember(self, name: str, made_from: str) -> None:
        self.stamps[name] = made_from
        STAMPS.write_text(json.dumps(self.stamps, indent=1), "utf-8")

    def forget(self) -> None:
        """Everything is made anew, because what made it is made anew."""
        self.stamps = {}

    def step(self, title: str) -> Step:
        self.done += 1
        return Step(title)


class Step:
    """Prints a title when work starts and its duration when it ends."""

    def __init__(self, title: str) -> None:
        self.title = title

    def __enter__(self) -> None:
        self.started = time.monotonic()
        print(f"  {self.title + ' …':<28}", end="", flush=True)

    def __exit__(self, kind: object, *_: object) -> None:
        took = time.monotonic() - self.started
        print("  failed" if kind else f"  {took:5.1f} s", flush=True)


def fingerprint(files: Iterable[Path], extra: str = "") -> str:
    """A hash of the files' names and contents, of the recipe and of where the checkout lies."""
    digest = hashlib.sha256("\0".join([RECIPE, str(ROOT), extra]).encode())
    for file in files:
        digest.update(b"\0" + str(file).encode() + b"\0")
        digest.update(file.read_bytes() if file.exists() else b"missing")
    return digest.hexdigest()


def icons_named() -> str:
    """Every line of ours that may name an icon: the build puts exactly those into the sprite."""
    named = []
    for file in files_below(ROOT / "src"):
        if file.suffix in (".py", ".html"):
            text = file.read_text("utf-8", "replace")
            named += [line.strip() for line in text.splitlines() if "icon" in line]
    return "\n".join(named)


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def environment(path: str = "") -> dict[str, str]:
    """The caller's environment without what would lead the tools to another Python."""
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    # uv asks every shim on the PATH for its version and warns loudly about each that fails.
    folders = [part for part in env.get("PATH", "").split(os.pathsep) if "/shims" not in part]
    env["PATH"] = os.pathsep.join([path, *folders] if path else folders)
    env["UV_PROJECT_ENVIRONMENT"] = str(VENV)
    # A Python that uv fetches belongs to the checkout: root's home is closed to other users.
    env["UV_PYTHON_INSTALL_DIR"] = str(BOOT / "pythons")
    return env


def run(command: list[str], path: str = "") -> str:
    """Runs a command quietly; what it printed is shown only when it fails."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(path),
            cwd=str(ROOT),
            text=True,
        )
    except OSError as problem:
        raise SetupError(f"{command[0]} could not be started: {problem}") from None
    if done.returncode:
        lines = done.stdout.splitlines()[:LINES_OF_A_FAILURE]
        raise SetupError("\n".join([f"This command failed: {' '.join(command)}", *lines]))
    return done.stdout


def answer(command: list[str], path: str = "") -> str:
    """What a command prints, or nothing when it cannot be run or fails."""
    printed = tried(command, path)
    return printed.strip() if printed is not None else ""


def works(command: list[str], path: str = "") -> bool:
    """Whether a command can be run and ends without an error."""
    return tried(command, path) is not None


def tried(command: list[str], path: str) -> str | None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(path),
            timeout=30,
            text=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout


if __name__ == "__main__":
    sys.exit(main())
