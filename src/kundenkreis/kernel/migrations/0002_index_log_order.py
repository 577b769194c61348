from __future__ import annotations

from django.db import migrations

from kundenkreis.kernel.migrate import IndexLogOrder


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [IndexLogOrder("kernel_auditentry"), IndexLogOrder("kernel_outboxmessage")]
