from __future__ import annotations

from types import MappingProxyType

import pytest

from kundenkreis.crm.people.models import Organisation
from kundenkreis.crm.sales.commands import ship_pipeline
from kundenkreis.crm.sales.models import Opportunity, Product
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import Conflict, DomainError, NotAllowed, NotFound
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, BEN, CARLA, CRM, SYSTEM
from kundenkreis.records import named, write
from kundenkreis.records.forms import RecordForm

pytestmark = pytest.mark.django_db(databases=CRM)

PRODUCT = named("product")


def make_product(actor: Viewer = ANNA, sku: str = "MK-1") -> Product:
    made = write.create(PRODUCT, actor, {"sku": sku, "name": "Messkopf", "currency": "EUR"})
    assert isinstance(made, Product)
    return made


def test_it_gives_a_new_record_to_whoever_made_it_and_writes_it_down() -> None:
    product = make_product()
    assert product.owner_id == ANNA.user_id
    entry = AuditEntry.objects.using("default").get()
    assert (entry.target, entry.action, entry.command) == (
        f"crm.product:{product.pk}",
        "create",
        "crm.sales.create_product",
    )


def test_it_refuses_carla_every_write_and_changes_nothing() -> None:
    product = make_product()
    entries = AuditEntry.objects.using("default").count()
    with pytest.raises(NotAllowed):
        make_product(CARLA, "MK-2")
    with pytest.raises(NotFound):  # she does not even learn that it exists
        write.change(PRODUCT, CARLA, product.pk, None, {"name": "Anderes"})
    with pytest.raises(NotFound):
        write.remove(PRODUCT, CARLA, product.pk)
    product.refresh_from_db()
    assert product.name == "Messkopf"
    assert AuditEntry.objects.using("default").count() == entries


def test_it_lets_ben_change_what_his_team_has_and_nothing_else() -> None:
    ours = make_product()
    theirs = make_product(sku="MK-2")
    write.change(PRODUCT, ANNA, ours.pk, None, {"team_id": 1})
    write.change(PRODUCT, BEN, ours.pk, None, {"name": "Von Ben"})
    with pytest.raises(NotFound):
        write.change(PRODUCT, BEN, theirs.pk, None, {"name": "Von Ben"})
    assert sorted(Product.objects.values_list("name", flat=True)) == ["Messkopf", "Von Ben"]


def test_it_tells_reading_from_changing() -> None:
    product = make_product()
    reader = Viewer(
        name="Rita", user_id=9, grants=MappingProxyType({"crm.product.read": Level.ALL})
    )
    with pytest.raises(NotAllowed):
        write.change(PRODUCT, reader, product.pk, None, {"name": "Anderes"})


def test_it_does_not_let_anybody_make_records_for_others_beyond_their_reach() -> None:
    own = MappingProxyType({"crm.product.*": Level.OWN})
    seller = Viewer(name="Otto", user_id=8, grants=own)
    with pytest.raises(NotAllowed):
        write.create(PRODUCT, seller, {"sku": "X", "name": "X", "owner_id": 7})
    assert not Product.objects.exists()


def test_it_refuses_a_change_of_an_outdated_version() -> None:
    product = make_product()
    write.change(PRODUCT, ANNA, product.pk, product.version, {"name": "Neu"})
    with pytest.raises(Conflict):
        write.change(PRODUCT, ANNA, product.pk, product.version, {"name": "Älter"})
    product.refresh_from_db()
    assert (product.name, product.version) == ("Neu", 2)


def test_it_explains_a_value_that_is_taken() -> None:
    make_product()
    with pytest.raises(Conflict):
        make_product()


def test_it_says_what_still_needs_a_record_that_is_to_be_deleted() -> None:
    ship_pipeline(actor=SYSTEM)
    organisation = write.create(named("organisation"), ANNA, {"name": "Bergmann"})
    write.create(named("opportunity"), ANNA, {"title": "Messkopf", "organisation": organisation})
    with pytest.raises(DomainError) as refused:
        write.remove(named("organisation"), ANNA, organisation.pk)
    assert str(Opportunity._meta.verbose_name_plural) in str(refused.value.why)
    assert Organisation.objects.exists()
    write.remove(PRODUCT, ANNA, make_product().pk)
    assert not Product.objects.exists()


def test_a_form_takes_the_number_of_anothers_product_but_not_of_ones_own() -> None:
    with store.group(Side.CRM):
        store.create(ANNA, Product, source="shop", sku="MK-1", name="Messkopf")
    typed = {"sku": "MK-1", "name": "Unserer", "currency": "EUR"}
    assert RecordForm(PRODUCT, ANNA, typed, typed).is_valid()
    make_product()
    assert "sku" in RecordForm(PRODUCT, ANNA, typed, typed).errors
