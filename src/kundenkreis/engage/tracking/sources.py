"""Sources as the edge needs them: who may report, for which purpose, and with which proof."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from kundenkreis.engage.consent.models import Purpose
from kundenkreis.engage.tracking.models import Source


@dataclass(frozen=True, slots=True)
class SourceView:
    """An active source. `signing_keys` are those of its shop, to check signed customer ids with."""

    id: int
    name: str
    kind: str
    namespace: str
    purpose: str
    basis: str
    origins: frozenset[str]
    signing_keys: tuple[str, ...]

    @property
    def trusted(self) -> bool:
        """Whether it holds a secret key, so that its word counts."""
        return self.kind == Source.Kind.SERVER

    @property
    def needs_consent(self) -> bool:
        """A browser always does, whatever its purpose says."""
        return not self.trusted or self.basis == Purpose.Basis.CONSENT


def new_key(kind: str) -> str:
    """A fresh write key: `pk_…` for browsers, where everybody can read it, `sk_…` for servers."""
    prefix = "sk" if kind == Source.Kind.SERVER else "pk"
    return f"{prefix}_{secrets.token_urlsafe(24)}"


def stored_key(key: str) -> str:
    """What the database keeps of a write key: a secret one only as its SHA-256."""
    return hashlib.sha256(key.encode()).hexdigest() if key.startswith("sk_") else key


def sign_user(secret_key: str, user_id: str) -> str:
    """The proof that a shop's server knows who is logged in.

    HMAC-SHA256 over the customer id in UTF-8, keyed with the hexadecimal SHA-256 of the shop's
    secret write key, in hexadecimal.
    """
    return _sign(stored_key(secret_key), user_id)


def is_signed(source: SourceView, user_id: str, token: str) -> bool:
    """Whether the token was made for this customer with a secret key of the source's shop."""
    given = token.encode("utf-8", "replace")
    return any(
        hmac.compare_digest(_sign(key, user_id).encode(), given) for key in source.signing_keys
    )


def _sign(key: str, user_id: str) -> str:
    return hmac.new(key.encode(), user_id.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
