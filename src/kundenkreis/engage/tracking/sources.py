"""Sources as the edge needs them: who may report, for which purpose, and with which proof."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from kundenkreis.engage.consent.models import Purpose
from kundenkreis.engage.tracking.models import Source

_PROOFS = "kundenkreis.identity"


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
    """What the database keeps of a write key: a secret one only as its SHA-256.

    Empty for what is no key, so that what is stored of a key never opens anything itself.
    """
    if key.startswith("sk_") and key.isascii():
        return hashlib.sha256(key.encode()).hexdigest()
    return key if key.startswith("pk_") else ""


def signing_key(key: str) -> str:
    """What proofs are signed with: derived from a secret key apart from what finds it.

    Empty for the public key of a browser.
    """
    return _hmac(key, _PROOFS) if key.startswith("sk_") else ""


def sign_user(secret_key: str, user_id: str) -> str:
    """The proof that a shop's server knows who is logged in.

    HMAC-SHA256 over the customer id in UTF-8, keyed with the HMAC-SHA256 over
    “kundenkreis.identity” keyed with the shop's secret write key; both in hexadecimal.
    """
    return _hmac(signing_key(secret_key), user_id)


def is_signed(source: SourceView, user_id: str, token: str) -> bool:
    """Whether the token was made for this customer with a secret key of the source's shop."""
    given = token.encode("utf-8", "replace")
    return any(
        hmac.compare_digest(_hmac(key, user_id).encode(), given) for key in source.signing_keys
    )


def _hmac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
