"""The company's own log-in provider, from the environment; without an issuer there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kundenkreis.config import env

PROVIDER = "company"


def providers() -> dict[str, Any]:
    """What allauth takes of it. Raises `BadSetting`."""
    issuer = env.web_address("OIDC_ISSUER").rstrip("/")
    if not issuer:
        return {}
    client, secret = env.text("OIDC_CLIENT_ID"), _secret()
    if not client or not secret:
        raise env.BadSetting(
            "KUNDENKREIS_OIDC_ISSUER is set, so KUNDENKREIS_OIDC_CLIENT_ID and "
            "KUNDENKREIS_OIDC_SECRET (or …_SECRET_FILE) must be, too."
        )
    app = {
        "provider_id": PROVIDER,
        "name": env.text("OIDC_NAME", "OpenID Connect"),
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": issuer},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def domain() -> str:
    """Whose people are let in without an invitation, and without any role; empty: nobody's."""
    return env.text("OIDC_DOMAIN").strip().lower().lstrip("@")


def origin() -> str:
    """Where the browser is sent to log in."""
    return env.origin(env.web_address("OIDC_ISSUER"))


def _secret() -> str:
    path = env.text("OIDC_SECRET_FILE")
    if not path:
        return env.text("OIDC_SECRET")
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise env.BadSetting(
            f"KUNDENKREIS_OIDC_SECRET_FILE names “{path}”, which cannot be read: {error.strerror}."
        ) from error
