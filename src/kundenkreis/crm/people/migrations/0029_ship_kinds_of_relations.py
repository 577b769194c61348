"""The kinds of relations that were in the code become rows, and relations name them: also those in
the bin, and the views that lists are filtered by."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.utils import timezone

# What each was, and reads: German and English, from the one and from the other; who can be it.
KINDS = (
    ("recommended", "hat uns empfohlen an", "recommended us to",
     "kam zu uns durch", "came to us through", "anybody"),
    ("partner", "lebt zusammen mit", "lives with", "", "", "person"),
    ("parent", "ist Elternteil von", "is a parent of", "ist Kind von", "is a child of", "person"),
    ("relative", "ist verwandt mit", "is related to", "", "", "person"),
    ("knows", "kennt", "knows", "", "", "anybody"),
    ("advises", "berät", "advises", "wird beraten von", "is advised by", "anybody"),
    ("represents", "handelt für", "acts for", "wird vertreten von", "is represented by", "anybody"),
    ("reports", "berichtet an", "reports to", "ist Vorgesetzte(r) von", "leads", "anybody"),
    ("supplies", "beliefert", "supplies", "wird beliefert von", "is supplied by", "anybody"),
    ("cooperates", "arbeitet zusammen mit", "works together with", "", "", "anybody"),
)  # fmt: skip


def ship(apps: Any, editor: Any) -> None:
    alias, now = editor.connection.alias, timezone.now()
    rows = apps.get_model("crm_people", "RelationKind").objects.using(alias)
    rows.bulk_create(
        rows.model(
            slug=slug, label={"de": de, "en": en},
            turned={"de": de_turned, "en": en_turned} if en_turned else {},
            begins=ends, ends=ends, referral=slug == "recommended", position=10 * place,
            created_at=now, changed_at=now,
        )
        for place, (slug, de, en, de_turned, en_turned, ends) in enumerate(KINDS, 1)
    )  # fmt: skip


def relate(apps: Any, editor: Any) -> None:
    alias = editor.connection.alias
    kinds = apps.get_model("crm_people", "RelationKind").objects.using(alias)
    known = dict(kinds.values_list("slug", "pk"))
    relations = apps.get_model("crm_people", "Relation").objects.using(alias)
    for slug, pk in known.items():
        relations.filter(former=slug).update(kind=pk)
    relations.filter(kind=None).update(kind=known["knows"])
    for row in _removed(apps, alias):
        row.image["kind_id"] = known.get(row.image.pop("kind"), known["knows"])
        row.save(update_fields=["image"])
    for view in apps.get_model("records", "SavedView").objects.using(alias).filter(kind="relation"):
        if chosen := view.state.get("kind"):
            view.state["kind"] = [str(known.get(one, one)) for one in chosen]
            view.save(update_fields=["state"])


def _removed(apps: Any, alias: str) -> Any:
    rows = apps.get_model("kernel", "RemovedRow").objects.using(alias)
    return rows.filter(table="crm_people.relation", image__has_key="kind")


class Migration(migrations.Migration):
    dependencies = [
        ("crm_people", "0028_name_kinds_of_relations"),
        ("kernel", "0012_let_values_be_taken_out"),
        ("records", "0011_take_over_folders"),
    ]

    operations = [
        migrations.RunPython(ship, migrations.RunPython.noop),
        migrations.RunPython(relate, migrations.RunPython.noop),
    ]
