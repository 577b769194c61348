"""What was told before the inbox was last looked at has been read."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def read_so_far(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    inboxes = apps.get_model("crm_work", "Inbox").objects.using(alias)
    notices = apps.get_model("crm_work", "Notice").objects.using(alias)
    for inbox in inboxes.iterator():
        notices.filter(user_id=inbox.user_id, at__lte=inbox.read_at).update(read_at=inbox.read_at)


class Migration(migrations.Migration):
    dependencies = [("crm_work", "0002_tell_of_more")]

    operations = [migrations.RunPython(read_so_far, migrations.RunPython.noop)]
