from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

from kundenkreis.kernel.conditions.tests.thing import Thing

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def thing_table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The table of the test record; no installed app has it, so it goes before others look around."""
    with django_db_blocker.unblock(), connections["engage"].schema_editor() as editor:
        editor.create_model(Thing)
    yield
    with django_db_blocker.unblock(), connections["engage"].schema_editor() as editor:
        editor.delete_model(Thing)
