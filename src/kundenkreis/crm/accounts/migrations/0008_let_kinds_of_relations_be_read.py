"""Whoever may read relations may read of what kinds they are: those are records now."""

from __future__ import annotations

from typing import Any

from django.db import migrations

RELATIONS = {"crm.relation.*", "crm.relation.read"}
ALL = {"*.*.*", "*.*.read", "crm.*.*", "crm.*.read"}


def let_read(apps: Any, editor: Any) -> None:
    roles = apps.get_model("crm_accounts", "Role").objects.using(editor.connection.alias)
    for role in roles.all():
        if RELATIONS & role.grants.keys() and not ALL & role.grants.keys():
            role.grants["crm.relationkind.read"] = "all"
            role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    dependencies = [("crm_accounts", "0007_know_what_was_shipped")]

    operations = [migrations.RunPython(let_read, migrations.RunPython.noop, elidable=False)]
