from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import Exists, Max, OuterRef, Q, Subquery


def note_places(apps: Any, editor: Any) -> None:
    """Copy the entries' transactions into their seals; SQLite has no transaction ids."""
    if editor.connection.vendor != "postgresql":
        return
    alias = editor.connection.alias
    seals = apps.get_model("kernel", "AuditSeal").objects.using(alias)
    entries = apps.get_model("kernel", "AuditEntry").objects.using(alias)
    own = entries.filter(pk=OuterRef("entry_id"))
    seals.filter(Exists(own)).update(tx=Subquery(own.values("tx")))
    last = seals.order_by("-id").first()
    if last is not None and not last.tx:  # its entry is gone; those before it say where it stood
        seals.filter(pk=last.pk).update(tx=seals.aggregate(tx=Max("tx"))["tx"])


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_index_log_order")]

    operations = [
        migrations.AddField("auditseal", "tx", models.BigIntegerField(default=0)),
        migrations.AddIndex(
            "job",
            models.Index(
                condition=Q(("finished_at__isnull", False)),
                fields=["finished_at"],
                name="job_finished",
            ),
        ),
        migrations.RunPython(note_places, migrations.RunPython.noop),
    ]
