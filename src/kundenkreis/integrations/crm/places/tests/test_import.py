"""Places come from files of all kinds, and addresses are located by them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kundenkreis.config.main import main
from kundenkreis.crm.people.commands import create_person
from kundenkreis.crm.people.models import Location, Place
from kundenkreis.kernel.testing import ANNA, CRM

pytestmark = pytest.mark.django_db(databases=CRM)


def test_it_adds_places_and_locates_by_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_person(
        actor=ANNA, last_name="Meyer", postal_code="67000", town="Strasbourg", country="FR"
    )
    assert Location.objects.get().latitude is None
    file = tmp_path / "places.csv"
    file.write_text(
        "PLZ;Ort;Land;Lat;Lon\n67000;Strasbourg;Frankreich;48,58;7,75\n1;X;Atlantis;1;1\n"
        "2;Y;FR;95;0\n",
        "utf-8",
    )
    assert main(["import", "places", str(file), "--errors", str(tmp_path / "errors.csv")]) == 1
    said = capsys.readouterr().out
    assert "1 places added" in said
    assert "1 addresses located" in said
    refused = (tmp_path / "errors.csv").read_text("utf-8")
    assert "Atlantis" in refused
    assert "95" in refused
    assert Location.objects.get().latitude == 48.58
    assert Place.objects.count() == 1


def test_it_says_which_columns_are_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "places.csv"
    file.write_text("Ort,Lat\nJena,50.9\n", "utf-8")
    assert main(["import", "places", str(file)]) == 1
    assert "longitude, country" in capsys.readouterr().err
