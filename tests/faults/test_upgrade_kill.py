"""F28: an upgrade is killed at every step that changes the disk; afterwards there is the old version
or the new one, on both sides together, with everything that was in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from kundenkreis.config.upgrading import upgrade
from kundenkreis.crm.people.commands import create_person
from kundenkreis.kernel.backup import keys, staging
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BOTH
from tests.faults.test_backup_kill import killed_at
from tests.operation.test_upgrade import BEFORE, is_new, nothing, people
from tests.operation.test_upgrade import _version_before as _version_before
from tests.operation.test_upgrade import key as key
from tests.operation.test_upgrade import place as place

pytestmark = [
    pytest.mark.django_db(databases=BOTH, transaction=True),
    pytest.mark.fault,
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

MOST = 80


def test_f28_an_upgrade_killed_anywhere_leaves_the_old_version_or_the_new(
    key: keys.Key, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_person(actor=ANNA, last_name="Bleibt")
    seen: Counter[str] = Counter()
    stride = 4 if connections["default"].vendor == "sqlite" else 8
    for step in range(1, MOST, stride):
        was_killed = killed_at(step, lambda: upgrade(place, key, attempt=nothing))
        seen["finished" if staging.is_switching() else "whole"] += 1
        if staging.is_switching():
            staging.roll_forward()
        states = {_is_new(side) for side in Side}
        assert len(states) == 1, f"killed at {step}: one side is new, the other old"
        assert people() == ["Bleibt"]
        if not was_killed:
            break
        if is_new():
            seen["new"] += 1
            for alias, app, name in BEFORE:
                call_command("migrate", app, name, database=alias, verbosity=0)
        else:
            seen["old"] += 1
    assert not was_killed
    assert is_new()
    with capsys.disabled():
        print(f"\nF28: {dict(seen)}, last step {step}")  # noqa: T201


def _is_new(side: Side) -> bool:
    connection = connections[side.alias]
    connection.close()
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, "kernel_hold")
    return "why" in {one.name for one in described}
