from django.db import migrations

from kundenkreis.kernel.migrate import NumberDocuments


class Migration(migrations.Migration):
    dependencies = [("kernel", "0014_hold_on_trial")]

    operations = [NumberDocuments()]
