"""Anna, who may do everything, and Carla, who may do nothing, logged in."""

from __future__ import annotations

import pytest
from django.test import Client

from kundenkreis.crm.accounts import commands as accounts
from kundenkreis.engage.consent.commands import ship_purposes
from kundenkreis.kernel.testing import SYSTEM

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def log_in(name: str, *roles: str) -> Client:
    accounts.create_shipped_roles(actor=SYSTEM)
    user = accounts.create_user(
        actor=SYSTEM,
        email=f"{name.lower()}@example.org",
        name=name,
        password="drei bunte Vögel",
        roles=roles,
        language="en",
    )
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def anna() -> Client:
    ship_purposes(actor=SYSTEM)
    return log_in("Anna", "administrator")


@pytest.fixture
def carla() -> Client:
    return log_in("Carla")
