from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from unicodedata import normalize

import duckdb
import pytest
from django.db.models import Count, Sum
from django.utils.translation import override

from kundenkreis.crm.accounts.models import Team, User
from kundenkreis.crm.people.models import Organisation, TimelineEntry
from kundenkreis.crm.sales.models import Opportunity, Product
from kundenkreis.integrations.crm import pipeline
from kundenkreis.integrations.crm.pipeline.mapping import BadMapping
from kundenkreis.integrations.testing import shared_data
from kundenkreis.kernel.models import AuditEntry
from kundenkreis.kernel.testing import CRM

pytestmark = pytest.mark.django_db(databases=CRM)

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def go(folder: Path, *options: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        pipeline.add_parser(parser.add_subparsers())
        with override("en"):
            code = pipeline.run(parser.parse_args(["pipeline", str(folder), *options]))
        return code, capsys.readouterr().out

    return go


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "accounts.csv").write_text(
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
        "Acme,technolgy,1996,1100.04,2822,United States,\n"
        "Bluth,retail,1993,1.5,30,Kenya,Acme\n"
    )
    (tmp_path / "products.csv").write_text("product,series,sales_price\nGTX Pro,GTX,4821\n")
    (tmp_path / "sales_teams.csv").write_text(
        "sales_agent,manager,regional_office\nAnna Snelling,Dustin Brinkmann,Central\n"
    )
    (tmp_path / "sales_pipeline.csv").write_text(
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        "A1,Anna Snelling,GTXPro,Acme,Won,10/20/2016,3/1/2017,1054\n"
        "A2,Anna Snelling,GTX Pro,,Prospecting,,,\n"
    )
    return tmp_path


def test_it_takes_companies_products_staff_and_sales(run: Run, folder: Path) -> None:
    code, said = run(folder)
    assert code == 0
    won = Opportunity.objects.get(external_id="maven-crm:A1")
    assert (won.stage.kind, won.opened_on, won.closed_on, won.value_minor, won.currency) == (
        "won", date(2016, 10, 20), date(2017, 3, 1), 105_400, "USD",
    )  # fmt: skip
    assert (str(won.product), str(won.organisation)) == ("GTX Pro", "Acme")
    assert won.organisation is not None
    assert won.organisation.revenue_minor == 110_004_000_000
    assert Organisation.objects.get(name="Bluth").parent == won.organisation
    assert TimelineEntry.objects.get().kind == "opportunity_won"
    assert "technolgy" in said
    assert won.organisation.industry == "technology"


def test_staff_are_users_of_a_team_who_may_not_log_in(run: Run, folder: Path) -> None:
    run(folder)
    owner = User.objects.get(name="Anna Snelling")
    assert not owner.is_active
    assert not owner.has_usable_password()
    team = Team.objects.get(parent__name="Central")
    assert set(team.members.values_list("name", flat=True)) == {"Anna Snelling", "Dustin Brinkmann"}
    assert set(Opportunity.objects.values_list("owner_id", "team_id")) == {(owner.pk, team.pk)}


def test_names_in_another_unicode_form_are_the_same_names(run: Run, folder: Path) -> None:
    """Macs write ö as o and two dots; one file may come from one, the other not."""
    for file in folder.iterdir():
        text = file.read_text().replace("Acme", "Ölmühle").replace("Snelling", "Müller")
        form = "NFC" if file.name == "sales_pipeline.csv" else "NFD"
        file.write_text(normalize(form, text))
    assert run(folder)[0] == 0
    won = Opportunity.objects.get(external_id="maven-crm:A1")
    assert str(won.organisation) == "Ölmühle"
    assert Organisation.objects.get(name="Bluth").parent == won.organisation
    audited = AuditEntry.objects.using("default").count()
    assert run(folder)[0] == 0
    assert AuditEntry.objects.using("default").count() == audited


def test_a_second_run_changes_nothing(run: Run, folder: Path) -> None:
    run(folder)
    audited = AuditEntry.objects.using("default").count()
    run(folder)
    assert AuditEntry.objects.using("default").count() == audited


def test_a_dry_run_writes_nothing(run: Run, folder: Path) -> None:
    assert run(folder, "--dry-run")[0] == 0
    assert not Opportunity.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Anna Snelling,GTXPro", "Nobody,GTXPro"),
        ("GTXPro,Acme", "Unknown,Acme"),
        ("Acme,Won", "Nowhere,Won"),
        ("Acme,Won", "Acme,Perhaps"),
        ("10/20/2016", "20/10/2016"),
        (",1054", ",much"),
        ("A2,", "A1,"),
    ],
)
def test_a_row_that_names_what_is_not_there_is_told(
    run: Run, folder: Path, right: str, wrong: str
) -> None:
    file = folder / "sales_pipeline.csv"
    file.write_text(file.read_text().replace(right, wrong, 1))
    code, _ = run(folder, "--errors", str(folder / "errors.csv"))
    assert code == 1
    assert (folder / "errors.csv").read_text().count("\n") == 2
    assert Opportunity.objects.count() == 1


def test_it_says_which_files_are_missing(run: Run, folder: Path) -> None:
    (folder / "products.csv").unlink()
    with pytest.raises(BadMapping):
        run(folder)
    mapping = Path(pipeline.__file__).parent / "profiles" / "maven.json"
    with pytest.raises(BadMapping, match=r"products\.csv"):
        run(folder, "--mapping", str(shutil.copy(mapping, folder / "own.json")))


def test_the_maven_folder_arrives_complete(run: Run) -> None:
    folder = shared_data("maven-crm")
    code, said = run(folder)
    assert code == 0
    counted = Opportunity.objects.values_list("stage__slug").annotate(n=Count("id"))
    assert dict(counted) == {"won": 4_238, "lost": 2_473, "engaging": 1_589, "prospecting": 500}
    assert Opportunity.objects.filter(organisation=None).count() == 1_425
    assert Opportunity.objects.filter(opened_on=None).count() == 500
    assert Opportunity.objects.filter(owner_id=None).count() == 0
    assert Opportunity.objects.filter(product=None).count() == 0
    assert (Organisation.objects.count(), Product.objects.count()) == (85, 7)
    assert User.objects.filter(is_active=False).count() == User.objects.count() == 35 + 6
    assert Team.objects.count() == 3 + 6
    with duckdb.connect() as raw:
        path = str(folder / "sales_pipeline.csv.gz")
        (value,) = raw.execute("select sum(close_value) from read_csv(?)", [path]).fetchone() or ()
    assert Opportunity.objects.aggregate(n=Sum("value_minor"))["n"] == value * 100
    assert Organisation.objects.filter(industry="technology").count() == 12
    assert "1,480" in said  # GTXPro
