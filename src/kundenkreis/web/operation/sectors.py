"""What customers of a trade may be interested in: the choices a company begins with."""

from __future__ import annotations

Texts = dict[str, str]


def _choices(*pairs: tuple[str, str, str]) -> dict[str, Texts]:
    return {value: {"de": de, "en": en} for value, de, en in pairs}


INTEREST: Texts = {"de": "Interesse an", "en": "Interested in"}
_SERVICE = ("service", "Wartung und Service", "Maintenance and service")
_TRAINING = ("training", "Schulung", "Training")
SECTORS: dict[str, dict[str, Texts]] = {
    "industry": _choices(
        ("machines", "Maschinen und Anlagen", "Machines"), ("parts", "Ersatzteile", "Spare parts"),
        _SERVICE, _TRAINING,
    ),
    "trade": _choices(
        ("novelties", "Neuheiten", "Novelties"), ("offers", "Aktionen", "Offers"),
        ("frame", "Rahmenverträge", "Framework agreements"),
    ),
    "services": _choices(
        ("advice", "Beratung", "Advice"), ("project", "Projekte", "Projects"), _TRAINING,
    ),
    "software": _choices(
        ("licence", "Lizenzen", "Licences"), ("hosting", "Betrieb", "Hosting"),
        ("project", "Einführung", "Introduction"), _SERVICE, _TRAINING,
    ),
    "craft": _choices(
        ("new", "Neubau und Einbau", "New installations"), ("repair", "Reparatur", "Repairs"),
        _SERVICE,
    ),
    "association": _choices(
        ("membership", "Mitgliedschaft", "Membership"), ("donation", "Spenden", "Donations"),
        ("events", "Veranstaltungen", "Events"),
    ),
}  # fmt: skip
