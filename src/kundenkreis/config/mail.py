"""Through which server mails leave, from the environment; without one they stay in their box."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kundenkreis.config import env

BACKEND = "kundenkreis.kernel.mail.backend.Backend"
TIMEOUT = 20  # seconds for each answer of the server
SECURITY = ("starttls", "tls", "none")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def mailers() -> dict[str, dict[str, Any]]:
    """`default` for what the product itself has to say; `bulk` for many at once, by a server of its
    own where one is named, so that the one does not spoil the other's reputation."""
    default = options("SMTP")
    bulk = options("BULK_SMTP") or default
    return {
        "default": {"BACKEND": BACKEND, "OPTIONS": default},
        "bulk": {"BACKEND": BACKEND, "OPTIONS": bulk},
    }


def sender() -> str:
    """Whom mails come from, where nobody else is named."""
    host = env.text("INNER_HOST", "127.0.0.1")
    named = host if not host.replace(".", "").isdigit() else "localhost"
    return env.text("MAIL_FROM") or f"Kundenkreis <kundenkreis@{named}>"


def options(name: str) -> dict[str, Any]:
    """What Django's SMTP takes, from `…_HOST`, `…_PORT`, `…_SECURITY`, `…_USER`, and `…_PASSWORD` or
    `…_PASSWORD_FILE`; empty without a host. Raises `BadSetting`."""
    host = env.text(f"{name}_HOST").strip()
    if not host:
        return {}
    security = env.text(f"{name}_SECURITY", "none" if host in LOOPBACK else "starttls")
    if security not in SECURITY:
        raise env.BadSetting(
            f"KUNDENKREIS_{name}_SECURITY is “{security}”, but it must be one of: "
            f"{', '.join(SECURITY)}."
        )
    user, password = env.text(f"{name}_USER"), _password(name)
    if password and security == "none" and host not in LOOPBACK:
        raise env.BadSetting(
            f"KUNDENKREIS_{name}_SECURITY is “none”: the password would cross the network for "
            "everybody to read. Set it to starttls or tls."
        )
    known = {"host": host, "timeout": TIMEOUT, "username": user, "password": password}
    known |= {"use_tls": security == "starttls", "use_ssl": security == "tls"}
    if port := env.number(f"{name}_PORT", 0):
        known["port"] = port
    return known


def _password(name: str) -> str:
    """From a file where one is named, as systemd and containers hand secrets over."""
    path = env.text(f"{name}_PASSWORD_FILE")
    if not path:
        return env.text(f"{name}_PASSWORD")
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise env.BadSetting(
            f"KUNDENKREIS_{name}_PASSWORD_FILE names “{path}”, which cannot be read: "
            f"{error.strerror}."
        ) from error
