from django.db import migrations, models

import kundenkreis.kernel.fields

ENDS = [
    ("anybody", "Person or organisation"),
    ("person", "Person"),
    ("organisation", "Organisation"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("crm_people", "0027_draw_territories"),
    ]

    operations = [
        migrations.CreateModel(
            name="RelationKind",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("owner_id", models.BigIntegerField(blank=True, db_index=True, null=True)),
                ("team_id", models.BigIntegerField(blank=True, db_index=True, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("custom", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "tags",
                    kundenkreis.kernel.fields.Words(
                        blank=True,
                        db_default=models.Value([], models.JSONField()),
                        default=list,
                        verbose_name="Tags",
                    ),
                ),
                (
                    "next_step",
                    models.CharField(
                        blank=True, db_default="", max_length=200, verbose_name="Next step"
                    ),
                ),
                ("next_step_on", models.DateField(blank=True, null=True, verbose_name="Due")),
                ("created_at", models.DateTimeField(editable=False)),
                ("changed_at", models.DateTimeField(editable=False)),
                (
                    "slug",
                    models.SlugField(blank=True, editable=False, null=True, unique=True),
                ),
                (
                    "label",
                    kundenkreis.kernel.fields.Translated(
                        default=dict,
                        help_text="e.g. “recommended us to”",
                        verbose_name="As it reads",
                    ),
                ),
                (
                    "turned",
                    kundenkreis.kernel.fields.Translated(
                        blank=True,
                        default=dict,
                        help_text="e.g. “came to us through”; empty where it reads the same from both.",
                        verbose_name="As it reads from the other",
                    ),
                ),
                (
                    "begins",
                    models.CharField(
                        choices=ENDS, default="anybody", max_length=12, verbose_name="From"
                    ),
                ),
                (
                    "ends",
                    models.CharField(
                        choices=ENDS, default="anybody", max_length=12, verbose_name="To"
                    ),
                ),
                (
                    "referral",
                    models.BooleanField(
                        default=False,
                        help_text="Pages count how often somebody recommended us.",
                        verbose_name="Is a recommendation",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=100, verbose_name="Place in the menu"),
                ),
                (
                    "archived",
                    models.BooleanField(
                        default=False,
                        help_text="Relations of this kind stay as they are.",
                        verbose_name="Not offered any more",
                    ),
                ),
            ],
            options={
                "verbose_name": "kind of relation",
                "verbose_name_plural": "kinds of relations",
                "ordering": ["position", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_step_on__isnull", False)),
                        fields=["owner_id", "next_step_on", "id"],
                        name="relationkind_due",
                    )
                ],
            },
        ),
        *(
            migrations.RemoveConstraint(model_name="relation", name=name)
            for name in (
                "relation_once",
                "relation_once_to_firm",
                "relation_once_of_firm",
                "relation_once_of_firms",
            )
        ),
        migrations.RenameField(model_name="relation", old_name="kind", new_name="former"),
        migrations.AddField(
            model_name="relation",
            name="kind",
            field=models.ForeignKey(
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="relations",
                to="crm_people.relationkind",
                verbose_name="Relation",
            ),
        ),
    ]
