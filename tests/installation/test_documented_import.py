"""The example in docs/import-orders.md works as it stands there."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from django.utils.translation import override

from kundenkreis.crm.sales.models import Order
from kundenkreis.integrations.crm import orders
from kundenkreis.integrations.crm.orders.mapping import OPTIONAL, REQUIRED
from kundenkreis.kernel.testing import BOTH

pytestmark = pytest.mark.django_db(databases=BOTH)

PAGE = Path(__file__).parents[2] / "docs" / "import-orders.md"


def test_the_documented_mapping_fits_the_documented_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping, file = re.findall(r"```(?:json)?\n(.+?)```", PAGE.read_text("utf-8"), re.DOTALL)[:2]
    (tmp_path / "mapping.json").write_text(mapping, "utf-8")
    (tmp_path / "orders.csv").write_text(file, "utf-8")
    parser = argparse.ArgumentParser()
    orders.add_parser(parser.add_subparsers())
    options = ["orders", f"{tmp_path}/orders.csv", "--mapping", f"{tmp_path}/mapping.json"]
    with override("en"):
        assert orders.run(parser.parse_args(options)) == 0
    assert "Sum of all lines: 99.80 EUR" in capsys.readouterr().out
    assert sorted(Order.objects.values_list("number", "net_minor")) == [
        ("4711", 21980), ("S4711", -12000)
    ]  # fmt: skip


@pytest.mark.parametrize("field", [*REQUIRED, *OPTIONAL])
def test_every_field_of_a_mapping_is_documented(field: str) -> None:
    assert f"`{field}`" in PAGE.read_text("utf-8")
