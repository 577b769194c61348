from django.db import migrations

from kundenkreis.kernel.migrate import SortNames


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0009_index_reach_of_documents"),
    ]

    operations = [SortNames()]
