"""Every address says what it does, with what, and how far it reaches."""

from __future__ import annotations

from types import SimpleNamespace

from django.urls import path

from kundenkreis.web.shell.middleware import PUBLIC
from tests.rights.addresses import everything
from tests.rights.inventory import ENGINE, OTHERS, declared


def undeclared(resolver: object = None) -> list[str]:
    return [f"{one.name} {one.route}" for one in everything(resolver) if declared(one) is None]


def test_p01_every_address_is_declared() -> None:
    assert not undeclared()


def test_nothing_is_declared_that_is_not_there() -> None:
    found = list(everything())
    assert {one.view for one in found if one.kind} == ENGINE.keys()
    assert {one.name for one in found if not one.kind} == OTHERS.keys()


def test_p01_an_address_that_nobody_thought_about_is_noticed() -> None:
    new = path("crm/leaks/<int:pk>/", lambda request, pk: None, name="leak")  # type: ignore[arg-type,return-value]
    assert undeclared(SimpleNamespace(url_patterns=[new])) == ["leak crm/leaks/<int:pk>/"]


def test_what_is_public_is_what_asks_for_no_log_in() -> None:
    for one in everything():
        said = declared(one)
        if said and said.scope == "public" and not one.name.startswith("account_"):
            assert f"/{one.route}".startswith(PUBLIC), one.route
