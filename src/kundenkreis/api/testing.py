"""A program as tests have it: it knows one token and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from kundenkreis.crm.accounts.models import ApiToken, User
from kundenkreis.crm.accounts.queries import today, viewer_of
from kundenkreis.crm.accounts.token_commands import create_token

V1 = "/api/v1/"


@dataclass(frozen=True)
class Program:
    """Sends requests with a token; `person` is whose it is."""

    person: User
    token: ApiToken
    key: str

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask for a path below the version's; headers are named with underscores."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(raise_request_exception=False).generic(
            method, path if path.startswith("/") else V1 + path,
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}", **said},
        )  # fmt: skip

    def get(self, path: str, **query: Any) -> Any:
        """The same for reading; a filter may be given as it is."""
        texts = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in query.items()
        }
        return self.send("GET", f"{path}?{urlencode(texts)}" if texts else path)


def program(person: User, **scopes: str) -> Program:
    """A program with a token of somebody that reads and writes all they may, or as is said."""
    token, key = create_token(
        actor=viewer_of(person), name="Shop", scopes=scopes or {"*": "write"},
        until=today() + timedelta(days=30),
    )  # fmt: skip
    return Program(person, token, key)
