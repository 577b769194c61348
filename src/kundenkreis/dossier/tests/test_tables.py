"""G01: every table of both databases is in a privacy map, or named here with its reason."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import connections

from kundenkreis.dossier import places
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)

NAMED = {
    r"django_migrations": "which steps of the schema were taken",
    r"sqlite_\w+": "of SQLite itself",
    r"kernel_search_(parts|words)(_\w+)?": "the index of search documents, which are mapped; it goes with them",
}


def unmapped(side: Side, mapped: set[str]) -> list[str]:
    tables = connections[side.alias].introspection.table_names()
    return [
        table
        for table in tables
        if table not in mapped and not any(re.fullmatch(one, table) for one in NAMED)
    ]


def mapped(side: Side) -> set[str]:
    """The tables of a side's maps, with those in which their relations to many are."""
    found = set(places.maps(side))
    models = [one for one in found if not one._meta.auto_created]
    tables = {one._meta.db_table for one in models}
    for model in models:
        for field in model._meta.local_many_to_many:
            assert field.name in places.maps(side)[model]
            tables.add(field.remote_field.through._meta.db_table)  # type: ignore[union-attr]
    return tables


@pytest.mark.parametrize("side", Side)
def test_g01_every_table_is_mapped_or_named(side: Side) -> None:
    test_only = {
        one._meta.db_table for config in apps.get_app_configs() if ".tests." in config.name
        for one in config.get_models()
    }  # fmt: skip
    assert unmapped(side, mapped(side) | test_only) == []


def test_g01_a_table_that_nobody_mapped_is_noticed() -> None:
    assert unmapped(Side.CRM, mapped(Side.CRM) - {"mfa_authenticator"}) != []
