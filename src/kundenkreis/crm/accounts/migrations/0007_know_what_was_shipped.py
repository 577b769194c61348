"""Roles know which rights were shipped with them, so that those of a later version are added."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

_CUSTOMERS = ["crm.person.*", "crm.organisation.*"]
# What the first version shipped: of these an administrator may have taken some by now.
FIRST = {
    "administrator": ["*.*.*"],
    "management": ["*.*.read", "*.*.export"],
    "sales": ["crm.*.read", *_CUSTOMERS, "crm.opportunity.*", "crm.opportunity.read"],
    "backoffice": [
        "crm.*.read", *_CUSTOMERS, "crm.opportunity.*", "crm.order.*", "crm.product.*",
    ],
    "service": [
        "crm.person.read", "crm.person.create", "crm.person.change", "crm.organisation.read",
        "crm.organisation.change", "crm.order.read", "crm.product.read",
    ],
    "marketing": ["engage.*.*", "insight.*.read", "crm.order.read"],
    "accounting": [
        "crm.person.read", "crm.organisation.read", "crm.organisation.change",
        "crm.organisation.export", "crm.order.*", "crm.product.read",
    ],
    "dpo": ["*.*.read", "*.*.export", "crm.person.change"],
    "temporary": [
        "crm.person.read", "crm.person.create", "crm.person.change", "crm.organisation.read",
        "crm.organisation.create", "crm.organisation.change", "crm.opportunity.read",
        "crm.opportunity.create", "crm.opportunity.change", "crm.product.read",
    ],
}  # fmt: skip


def know(apps: Any, editor: Any) -> None:
    roles = apps.get_model("crm_accounts", "Role").objects.using(editor.connection.alias)
    for slug, rights in FIRST.items():
        roles.filter(slug=slug).update(shipped=rights)


class Migration(migrations.Migration):
    dependencies = [("crm_accounts", "0006_switch_off_single_keys")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="shipped",
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.RunPython(know, migrations.RunPython.noop, elidable=False),
    ]
