"""A few places, so that not each test fills in all that are shipped."""

from __future__ import annotations

import pytest

from kundenkreis.crm.people.places.commands import add_places, place
from kundenkreis.kernel.testing import SYSTEM

PLACES = [
    ("DE", "07743", "Jena", 50.9326, 11.5868, "DE-TH"),
    ("DE", "07745", "Jena", 50.9131, 11.5589, "DE-TH"),
    ("DE", "99423", "Weimar", 50.9803, 11.3290, "DE-TH"),
    ("DE", "10115", "Berlin", 52.5323, 13.3846, "DE-BE"),
    ("DE", "60311", "Frankfurt am Main", 50.1112, 8.6831, "DE-HE"),
    ("DE", "15230", "Frankfurt (Oder)", 52.3412, 14.5504, "DE-BB"),
    ("DE", "01067", "Dresden", 51.0575, 13.7166, "DE-SN"),
    ("DE", "04178", "Burghausen", 51.3618, 12.2548, "DE-SN"),
    ("DE", "04109", "Leipzig", 51.3396, 12.3713, "DE-SN"),
    ("AT", "1010", "Wien, Innere Stadt", 48.2077, 16.3705, "AT-9"),
    ("CH", "1010", "Lausanne", 46.5377, 6.6553, "CH-VD"),
    ("CH", "8001", "Zürich", 47.3721, 8.5417, "CH-ZH"),
]


@pytest.fixture
def places(db: None) -> None:
    add_places(actor=SYSTEM, places=[place(*one) for one in PLACES])
