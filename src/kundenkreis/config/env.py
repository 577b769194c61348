"""What the environment says: role, paths, addresses, secrets. Everything else is data."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.sqlite import OPTIONS

# Seconds: opening a database costs as much as three queries, and a new one has nothing in memory.
KEPT_OPEN = 300


class BadSetting(SystemExit):
    """A setting cannot be used; says which one, why, and what to do."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(f"KUNDENKREIS_{name}", default)


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdigit():
        raise BadSetting(f"KUNDENKREIS_{name} is “{value}”, but it must be a whole number.")
    return int(value)


def shell_language() -> str:
    """The language of whoever types commands, from the shell's locale: German or else English."""
    said = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return "de" if said.lower().startswith("de") else "en"


def home() -> Path:
    """The data directory of this installation."""
    return Path(text("HOME", "var")).expanduser().resolve()


def folder(side: Side) -> Path:
    """The side's own folder in the data directory: database, media, secret."""
    return Path(text(f"{side.upper()}_HOME") or home() / side)


def data_folders() -> list[Path]:
    """Every folder that may hold data of this installation."""
    return [home(), *(folder(side) for side in Side)]


def web_address(name: str) -> str:
    """An http(s) address, empty when it is not set. Raises `BadSetting`."""
    value = text(name).strip()
    if value and not value.startswith(("https://", "http://")):
        raise BadSetting(f"KUNDENKREIS_{name} is “{value}”, but it must begin with https://.")
    return value


def origin(address: str) -> str:
    """Scheme and host of an address, as a content security policy names it; `{s}` is any host."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"


def hosts() -> tuple[str, str]:
    """The host names of the inner and of the public side. Raises `BadSetting` when equal."""
    inner, edge = text("INNER_HOST", "127.0.0.1"), text("EDGE_HOST", "localhost")
    if inner == edge:
        raise BadSetting(
            f"Staff pages and the public edge have the same host name “{inner}”. Browsers would "
            "share cookies between them. Set KUNDENKREIS_INNER_HOST and KUNDENKREIS_EDGE_HOST to "
            "different names."
        )
    return inner, edge


def staff_address() -> str:
    """Where staff find the pages, for links in mails; never what a request says of itself."""
    tls = text("TLS") == "1"
    usual = f"https://{hosts()[0]}" if tls else f"http://{hosts()[0]}:{number('PORT', 8000)}"
    return (web_address("STAFF_ADDRESS") or usual).rstrip("/")


def secret_file(side: Side) -> Path:
    """Where the side's secret lies: outside of its database."""
    return folder(side) / "secret.key"


def secret(side: Side) -> str:
    """The side's signing secret, from its folder; made on first use."""
    path = secret_file(side)
    if not path.exists():
        make_private(path.parent)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return path.read_text()


def make_private(path: Path) -> None:
    """Make a folder that no other user of the machine may look into; an existing one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)


def database(side: Side) -> dict[str, Any]:
    """Django's settings for the side's database: SQLite in its folder, or PostgreSQL by URL."""
    url = text(f"{side.upper()}_DATABASE")
    if not url:
        path = folder(side) / f"{side}.sqlite3"
        make_private(path.parent)
        engine, options = "django.db.backends.sqlite3", dict(OPTIONS)
        return {"ENGINE": engine, "NAME": path, "OPTIONS": options, "CONN_MAX_AGE": KEPT_OPEN}
    return postgresql(url)


def require_free(*ports: int) -> None:
    """Raise `BadSetting` when another process listens on one of the ports.

    The server itself would not notice: it shares its port (SO_REUSEPORT), and two installations
    would answer in turn.
    """
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((text("ADDRESS", "127.0.0.1"), port))
            except OSError as error:
                raise BadSetting(
                    f"Port {port} is in use by another program. Stop it, or choose other ports: "
                    "PORT=9000 make start, or --port 9000."
                ) from error


def adopt_parent() -> None:
    """End when the process that started us ends, however it ends (Linux; elsewhere a no-op)."""
    parent = number("PARENT", 0)
    if not parent or not sys.platform.startswith("linux"):
        return
    import ctypes

    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit(0)


def postgresql(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name` as Django settings; the host may be a folder.

    `?schema=` is another schema than the user's own one.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise BadSetting(f"“{url}” is no PostgreSQL address: postgresql://user:password@host/name")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    schema = query.get("schema")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {"options": f"-c search_path={schema}"} if schema else {},
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": KEPT_OPEN,
        "CONN_HEALTH_CHECKS": True,
    }
