from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm_sales", "0006_list_products_of_orders"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                fields=["stage", "currency", "closed_on", "value_minor"], name="opportunity_worth"
            ),
        ),
    ]
