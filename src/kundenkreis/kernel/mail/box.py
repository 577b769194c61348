"""The box of mails: one file each, in a folder per state, which only the product's user may read.

A mail is written here before anything else happens with it. So what is on trial, what no server is
there for, and what the server would not take lie in one place and can be looked at; and a mail that
a request has sent outlives everything but the disk. A file begins with a line that says for whom it
is (the envelope: blind copies are in no header), then comes the mail itself.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path

from kundenkreis.kernel import clock

ENVELOPE = "X-Kundenkreis-Envelope: "
Said = dict[str, object]
NAMED = re.compile(r"\d{8}T\d{6}-[0-9a-f]{16}\.eml")


class State(StrEnum):
    """Where a mail is: waiting to leave, being sent, left here since there is no server, given up."""

    WAITING = "waiting"
    SENDING = "sending"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in the box; `due` is when it is worth trying, `problem` what went wrong last."""

    path: Path
    sender: str
    to: tuple[str, ...]
    mailer: str
    at: datetime
    attempts: int
    problem: str
    content: bytes

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def state(self) -> State:
        return State(self.path.parent.name)

    @property
    def message(self) -> EmailMessage:
        """What it says, decoded."""
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def text(self) -> str:
        """The words of its plain part; empty when there is none."""
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""


def put(
    root: Path, content: bytes, *, sender: str, to: Sequence[str], mailer: str = "default"
) -> Path:
    """Write a mail that waits to leave; it is on the disk when this returns."""
    now = clock.now()
    path = root / State.WAITING / f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(8)}.eml"
    said: Said = {"from": sender, "to": list(to), "mailer": mailer, "at": now.isoformat()}
    _write(path, said, content)
    return path


def paths(root: Path, state: State) -> list[Path]:
    """The mails of one state, the oldest first."""
    with suppress(FileNotFoundError):
        return sorted(path for path in (root / state).iterdir() if NAMED.fullmatch(path.name))
    return []


def mails(root: Path, state: State, limit: int) -> Iterator[Mail]:
    """The newest mails of one state."""
    for path in reversed(paths(root, state)[-limit:]):
        with suppress(FileNotFoundError):
            yield read(path)


def find(root: Path, name: str) -> Mail | None:
    """The mail of that name, whatever became of it."""
    if NAMED.fullmatch(name):
        for state in State:
            with suppress(FileNotFoundError):
                return read(root / state / name)
    return None


def read(path: Path) -> Mail:
    """The mail in a file. Raises `FileNotFoundError`."""
    first, _line, content = path.read_bytes().partition(b"\n")
    said = json.loads(first.decode().removeprefix(ENVELOPE))
    return Mail(
        path=path,
        sender=said["from"],
        to=tuple(said["to"]),
        mailer=said["mailer"],
        at=datetime.fromisoformat(said["at"]),
        attempts=said.get("attempts", 0),
        problem=said.get("problem", ""),
        content=content,
    )


def move(mail: Mail, state: State, *, at: float | None = None) -> Path | None:
    """Put it into another state; None when somebody else was quicker.

    `at` (seconds since 1970) is when it is due, or was taken: the time of the file says so.
    """
    path = mail.path.parent.parent / state / mail.name
    make_folder(path.parent)
    try:
        mail.path.rename(path)
    except FileNotFoundError:
        return None
    os.utime(path, None if at is None else (at, at))
    return path


def note(mail: Mail, state: State, problem: str, *, at: float) -> None:
    """Keep what went wrong with a mail that is being sent, and put it where it belongs now."""
    said: Said = {"from": mail.sender, "to": list(mail.to), "mailer": mail.mailer}
    said |= {"at": mail.at.isoformat(), "attempts": mail.attempts + 1, "problem": problem}
    path = mail.path.parent.parent / state / mail.name
    _write(path, said, mail.content, at=at)
    mail.path.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    for folder in (path.parent.parent, path.parent, path):
        folder.mkdir(mode=0o700, exist_ok=True)


def _write(path: Path, said: Said, content: bytes, *, at: float | None = None) -> None:
    make_folder(path.parent)
    beside = path.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(f"{ENVELOPE}{json.dumps(said)}\n".encode())
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    now = clock.now().timestamp()
    os.utime(beside, (now if at is None else at,) * 2)
    beside.replace(path)
