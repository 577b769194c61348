from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm_sales", "0011_score_customers")]

    operations = [
        migrations.AlterField(
            model_name="opportunity",
            name="lost_reason",
            field=models.CharField(blank=True, max_length=160, verbose_name="Reason for loss"),
        ),
    ]
