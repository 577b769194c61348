"""States and cantons (ISO 3166-2), with their names in German and English."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language

from kundenkreis.kernel.text import unaccented

# Code, German name, and the English one where it differs.
_NAMES: tuple[tuple[str, str, str], ...] = (
    ("DE-BW", "Baden-Württemberg", ""), ("DE-BY", "Bayern", "Bavaria"), ("DE-BE", "Berlin", ""),
    ("DE-BB", "Brandenburg", ""), ("DE-HB", "Bremen", ""), ("DE-HH", "Hamburg", ""),
    ("DE-HE", "Hessen", "Hesse"),
    ("DE-MV", "Mecklenburg-Vorpommern", "Mecklenburg-Western Pomerania"),
    ("DE-NI", "Niedersachsen", "Lower Saxony"),
    ("DE-NW", "Nordrhein-Westfalen", "North Rhine-Westphalia"),
    ("DE-RP", "Rheinland-Pfalz", "Rhineland-Palatinate"), ("DE-SL", "Saarland", ""),
    ("DE-SN", "Sachsen", "Saxony"), ("DE-ST", "Sachsen-Anhalt", "Saxony-Anhalt"),
    ("DE-SH", "Schleswig-Holstein", ""), ("DE-TH", "Thüringen", "Thuringia"),
    ("AT-1", "Burgenland", ""), ("AT-2", "Kärnten", "Carinthia"),
    ("AT-3", "Niederösterreich", "Lower Austria"), ("AT-4", "Oberösterreich", "Upper Austria"),
    ("AT-5", "Salzburg", ""), ("AT-6", "Steiermark", "Styria"), ("AT-7", "Tirol", "Tyrol"),
    ("AT-8", "Vorarlberg", ""), ("AT-9", "Wien", "Vienna"),
    ("CH-AG", "Aargau", ""), ("CH-AI", "Appenzell Innerrhoden", ""),
    ("CH-AR", "Appenzell Ausserrhoden", ""), ("CH-BE", "Bern", ""),
    ("CH-BL", "Basel-Landschaft", ""), ("CH-BS", "Basel-Stadt", ""),
    ("CH-FR", "Freiburg", "Fribourg"), ("CH-GE", "Genf", "Geneva"), ("CH-GL", "Glarus", ""),
    ("CH-GR", "Graubünden", "Grisons"), ("CH-JU", "Jura", ""), ("CH-LU", "Luzern", "Lucerne"),
    ("CH-NE", "Neuenburg", "Neuchâtel"), ("CH-NW", "Nidwalden", ""), ("CH-OW", "Obwalden", ""),
    ("CH-SG", "St. Gallen", ""), ("CH-SH", "Schaffhausen", ""), ("CH-SO", "Solothurn", ""),
    ("CH-SZ", "Schwyz", ""), ("CH-TG", "Thurgau", ""), ("CH-TI", "Tessin", "Ticino"),
    ("CH-UR", "Uri", ""), ("CH-VD", "Waadt", "Vaud"), ("CH-VS", "Wallis", "Valais"),
    ("CH-ZG", "Zug", ""), ("CH-ZH", "Zürich", "Zurich"),
)  # fmt: skip


def region_name(code: str) -> str:
    """The state in the language of the moment; the code itself where it has no name here."""
    return _named(_german()).get(code, code)


def region_choices() -> list[tuple[str, str]]:
    """All states with their names, those of one country side by side."""
    return list(_named(_german()).items())


def region_code(text: str) -> str:
    """The code of a state as people write it: "Thüringen", "thuringia", "DE-TH"; else empty."""
    return _codes().get(unaccented(text.strip()), "")


def _german() -> bool:
    return (get_language() or "de").startswith("de")


@lru_cache(maxsize=2)
def _named(german: bool) -> dict[str, str]:
    return {code: name if german else english or name for code, name, english in _NAMES}


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, *names in reversed(_NAMES):
        found |= {unaccented(name): code for name in (code, *names) if name}
    return found
