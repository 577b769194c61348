from django.db import migrations

from kundenkreis.kernel.migrate import IndexReach


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0008_find_by_name"),
    ]

    operations = [IndexReach()]
