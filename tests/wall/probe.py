"""Everything a taken-over edge process could try against the crm, as a script.

    python probe.py CRM_FOLDER ENGAGE_FOLDER INNER_PID

Prints JSON: for each attempt `null` when it succeeded, else why it failed. It stands alone, because
it is run by another interpreter as another OS user.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

crm, engage, inner = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
database = crm / "crm.sqlite3"


def query(path: Path) -> None:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        connection.execute("SELECT count(*) FROM crm_people_person").fetchone()


def attach() -> None:
    with sqlite3.connect(engage / "engage.sqlite3") as connection:
        connection.execute("ATTACH ? AS crm", (str(database),))
        connection.execute("SELECT count(*) FROM crm.crm_people_person").fetchone()


def through(link: Callable[[Path, Path], None]) -> None:
    """Reach the crm database under a name of our own."""
    alias = engage / f"alias-{os.getpid()}"
    try:
        link(database, alias)
        alias.read_bytes()
    finally:
        alias.unlink(missing_ok=True)


def ptrace() -> None:
    attach_request, detach_request = 16, 17
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(attach_request, inner, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(inner, 0)
    libc.ptrace(detach_request, inner, None, None)


def take_descriptor() -> None:
    """Copy an open file of the inner process (pidfd_getfd, Linux 5.6)."""
    pidfd_getfd = 438
    handle = os.pidfd_open(inner)
    libc = ctypes.CDLL(None, use_errno=True)
    for number in range(3, 40):
        if libc.syscall(pidfd_getfd, handle, number, 0) >= 0:
            return
    raise OSError(ctypes.get_errno(), "pidfd_getfd")


def connect_sockets() -> None:
    """Every socket file in the crm folder, and the one that stands for a database's."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(crm / "probe.sock"))


def know_settings() -> None:
    """A crm database in our own settings or environment."""
    if any(name.startswith("KUNDENKREIS_CRM") or name == "KUNDENKREIS_HOME" for name in os.environ):
        return
    raise PermissionError("the environment does not know the crm")


ATTEMPTS: dict[str, Callable[[], object]] = {
    "read the database file": database.read_bytes,
    "read the write-ahead log": (crm / "crm.sqlite3-wal").read_bytes,
    "read the shared memory file": (crm / "crm.sqlite3-shm").read_bytes,
    "query the database": lambda: query(database),
    "attach the database to the own one": attach,
    "read the signing secret": (crm / "secret.key").read_bytes,
    "list the folder": lambda: list(crm.iterdir()),
    "read a stored file": (crm / "media" / "contract.txt").read_bytes,
    "list the stored files": lambda: list((crm / "media").iterdir()),
    "write into the folder": lambda: (crm / "planted").write_text("x"),
    "write into the stored files": lambda: (crm / "media" / "planted").write_text("x"),
    "append to the database": lambda: database.open("ab").write(b""),
    "replace the database": lambda: database.rename(database),
    "set the folder's rights": lambda: crm.chmod(0o700),
    "set the database's rights": lambda: database.chmod(0o600),
    "reach it by a symbolic link": lambda: through(lambda a, b: b.symlink_to(a)),
    "reach it by a hard link": lambda: through(lambda a, b: b.hardlink_to(a)),
    "enter the folder": lambda: os.chdir(crm),
    "read the inner environment": Path(f"/proc/{inner}/environ").read_bytes,
    "read the inner memory map": Path(f"/proc/{inner}/maps").read_bytes,
    "open the inner memory": lambda: Path(f"/proc/{inner}/mem").open("rb").close(),
    "list the inner open files": lambda: list(Path(f"/proc/{inner}/fd").iterdir()),
    "follow the inner working folder": lambda: Path(f"/proc/{inner}/cwd").readlink(),
    "walk through the inner root": lambda: Path(f"/proc/{inner}/root").readlink(),
    "see the inner process's io": Path(f"/proc/{inner}/io").read_bytes,
    "signal the inner process": lambda: os.kill(inner, 0),
    "trace the inner process": ptrace,
    "take an open file of the inner process": take_descriptor,
    "lower the inner process's limits": lambda: __import__("resource").prlimit(inner, 7),
    "connect to a socket in the folder": connect_sockets,
    "find the crm in the environment": know_settings,
}


def attempt(action: Callable[[], object]) -> str | None:
    here = Path.cwd()
    try:
        action()
    except Exception as error:  # noqa: BLE001 - whatever stops it is the answer
        return f"{type(error).__name__}: {error}"
    finally:
        os.chdir(here)
    return None


print(json.dumps({name: attempt(action) for name, action in ATTEMPTS.items()}))  # noqa: T201
