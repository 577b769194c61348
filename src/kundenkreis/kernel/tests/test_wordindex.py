"""The index over lists of words: which records have which, and which words there are."""

from __future__ import annotations

import pytest

from kundenkreis.crm.sales.models import Product
from kundenkreis.kernel import store
from kundenkreis.kernel.models import IndexedWord
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ANNA, CRM
from kundenkreis.kernel.wordindex import having, in_use, keep, lacking
from kundenkreis.kernel.words import different, with_words, without_words

pytestmark = pytest.mark.django_db(databases=CRM)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("VIP, vip,  Messe   2026 ,,", ["VIP", "Messe 2026"]),
        (
            ["Straße", "STRASSE", "E\u0301cole\n\nx", None, ""],
            ["Straße", "\u00c9cole", "x", "None"],
        ),
        (["a" * 200], ["a" * 80]),
        ([str(number) for number in range(200)], [str(number) for number in range(100)]),
        (None, []),
    ],
)
def test_words_that_differ_in_case_only_are_one(given: object, stored: list[str]) -> None:
    assert different(given) == stored


def test_words_come_and_go_whatever_their_case() -> None:
    assert with_words(["VIP"], ["vip", "Neu"]) == ["VIP", "Neu"]
    assert without_words(["VIP", "Neu"], ["vip"]) == ["Neu"]


def test_it_finds_records_by_their_words_and_by_their_lack() -> None:
    with store.group(Side.CRM, "test"):
        one, two, three = (
            store.create(ANNA, Product, sku=sku, name=sku) for sku in ("one", "two", "three")
        )
    with store.group(Side.CRM, "test"):
        words = {one.pk: {"tags": ["VIP", "Neu"]}, two.pk: {"tags": ["vip"], "other": ["x"]}}
        keep("product", words)
        keep("person", {three.pk: {"tags": ["VIP"]}})  # the same number, another kind of record

    def names(where: object) -> set[str]:
        return set(Product.objects.filter(where).values_list("name", flat=True))

    assert names(having("product", "tags", ["Vip"])) == {"one", "two"}
    assert names(having("product", "tags", ["neu", "x"])) == {"one"}
    assert names(lacking("product", "tags", ["neu"])) == {"two", "three"}
    assert names(lacking("product", "tags")) == {"three"}
    assert in_use(Side.CRM, "product", "tags") == ["Neu", "VIP"]
    assert in_use(Side.CRM, "product", "nothing") == []


def test_it_writes_only_what_has_changed() -> None:
    with store.group(Side.CRM, "test"):
        keep("product", {1: {"tags": ["a", "b"]}})
        before = dict(IndexedWord.objects.using("default").values_list("value", "pk"))
        keep("product", {1: {"tags": ["b", "C"]}})
        keep("product", {2: {"tags": ["c"]}})
        keep("product", {2: {}})
    after = IndexedWord.objects.using("default")
    assert sorted(after.values_list("row", "word")) == [(1, "C"), (1, "b")]
    assert after.get(value="b").pk == before["b"]
