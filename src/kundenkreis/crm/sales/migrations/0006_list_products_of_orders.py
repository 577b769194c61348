from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm_sales", "0005_index_changed_orders"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="orderline",
            options={
                "ordering": ["order", "position"],
                "verbose_name": "order line",
                "verbose_name_plural": "order lines",
            },
        ),
        migrations.AddField(
            model_name="product",
            name="source",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=80, verbose_name="Source"
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="product",
            name="sku",
            field=models.CharField(max_length=60, verbose_name="Article number"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("source", "sku"), name="product_once"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="product",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="order_lines",
                to="crm_sales.product",
            ),
        ),
    ]
