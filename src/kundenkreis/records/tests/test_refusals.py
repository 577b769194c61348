"""What somebody reads who may not do something: words of the product, no codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

import kundenkreis
from kundenkreis.kernel import refusal
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.errors import NotAllowed

CODE = re.compile(r"\b(crm|engage|insight|link)\.[a-z]+\.[a-z_]+")


class OfNobody:
    owner_id = team_id = None


def test_a_missing_right_is_told_in_the_language_of_who_asks() -> None:
    nobody = Viewer(name="x", user_id=7)
    with pytest.raises(NotAllowed) as refused:
        nobody.require("crm.organisation.read")
    assert str(refused.value) == (
        "You may not see organisations. None of your roles allows it. "
        "Ask your administrator for it."
    )
    with translation.override("de"), pytest.raises(NotAllowed) as refused:
        nobody.require("crm.organisation.read")
    assert str(refused.value) == (
        "Sie dürfen Firmen nicht sehen. Keine Ihrer Rollen erlaubt es. "
        "Bitten Sie Ihre Administration darum."
    )


@pytest.mark.parametrize(
    ("level", "reach"),
    [
        (Level.OWN, "die Ihnen gehören."),
        (Level.TEAM, "die Ihnen oder Ihrem Team gehören."),
        (Level.TREE, "die Ihnen, Ihrem Team oder einem Team darunter gehören."),
    ],
)
def test_a_right_that_does_not_reach_a_record_says_how_far_it_does(
    level: Level, reach: str
) -> None:
    viewer = Viewer(name="x", user_id=7, grants={"crm.person.change": level})
    with translation.override("de"), pytest.raises(NotAllowed) as refused:
        viewer.require_for("crm.person.change", OfNobody())
    assert refused.value.what == "Sie dürfen diesen Datensatz nicht ändern."
    assert refused.value.why == f"Sie dürfen nur solche Personen ändern, {reach}"
    assert "wem er gehört" in str(refused.value.hint)


@pytest.mark.django_db
def test_a_field_is_called_as_on_its_page() -> None:
    with translation.override("de"):
        error = NotAllowed("crm.organisation.change", field="revenue_minor")
    assert error.what == "Firmen: Sie dürfen das Feld „Jahresumsatz“ nicht ändern."


def test_every_right_that_the_product_asks_for_has_a_name() -> None:
    source = Path(kundenkreis.__file__).parent
    files = [path for path in source.rglob("*.py") if "tests" not in path.parts]
    asked = re.compile(
        r'(?:may|require|level|covers)\(\s*"((?:crm|engage|insight|link)\.\w+)\.\w+"'
    )
    subjects = {found for path in files for found in asked.findall(path.read_text())}
    assert "crm.role" in subjects
    unnamed = {subject for subject in subjects if not refusal.named(subject)}
    assert unnamed <= {"engage.segments"}  # only the product itself refreshes and stores them


def test_no_code_of_a_right_is_shown_even_where_nothing_has_a_name() -> None:
    error = NotAllowed("engage.segments.refresh")
    assert not CODE.search(str(error))
