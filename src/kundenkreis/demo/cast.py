"""The people and companies of the demo: Bergmann Optik's business customers. All made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Firm:
    """A customer: name, industry, employees, town, website, and the contact with their function."""

    name: str
    industry: str
    employees: int
    town: str
    website: str
    # salutation, first name, last name, function
    contacts: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity: firm, title, stage, euros, source, days until its close, next step in days;
    known for `age` days."""

    firm: str
    title: str
    stage: str
    value: int
    source: str
    closes_in: int
    step: str = ""
    step_in: int = 0
    owner: str = "ben"
    age: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """What was said or is to be done: firm, kind, text, days from today, minutes."""

    firm: str
    kind: str
    text: str
    days: int
    minutes: int | None = None


FIRMS: tuple[Firm, ...] = (
    Firm("Hafner & Söhne KG", "Maschinenbau", 85, "Jena", "https://hafner-soehne.example",
         (("Frau", "Jana", "Weiß", "Einkauf"), ("Herr", "Markus", "Kern", "Fertigung"))),
    Firm("Stadtwerke Ilmtal", "Versorger", 210, "Ilmenau", "https://stadtwerke-ilmtal.example",
         (("Frau", "Petra", "Tann", "Buchhaltung"), ("Herr", "Uwe", "Lorenz", "Netzbetrieb"))),
    Firm("Nordlicht Pflege gGmbH", "Gesundheit", 140, "Flensburg", "https://nordlicht-pflege.example",
         (("Frau", "Silke", "Petersen", "Leitung"),)),
    Firm("Käserei Allgäu eG", "Lebensmittel", 60, "Kempten", "https://kaeserei-allgaeu.example",
         (("Herr", "Alois", "Gruber", "Qualität"),)),
    Firm("Moser Handel GmbH", "Großhandel", 35, "Graz", "https://moser-handel.example",
         (("Frau", "Elisabeth", "Moser", "Geschäftsführung"),)),
    Firm("Werft Rügen AG", "Schiffbau", 480, "Sassnitz", "https://werft-ruegen.example",
         (("Herr", "Henrik", "Vogt", "Technik"), ("Frau", "Anke", "Riedel", "Einkauf"))),
    Firm("Institut Lenz", "Forschung", 55, "Göttingen", "https://institut-lenz.example",
         (("Frau", "Dr. Miriam", "Lenz", "Leitung"),)),
    Firm("Rheintal Logistik", "Logistik", 320, "Bregenz", "https://rheintal-logistik.example",
         (("Herr", "Reto", "Amann", "Standortleitung"),)),
    Firm("Bäckerei Thoma", "Handwerk", 24, "Freiburg im Breisgau", "https://baeckerei-thoma.example",
         (("Frau", "Katharina", "Thoma", "Inhaberin"),)),
    Firm("Solarwerk Jena GmbH", "Energie", 130, "Jena", "https://solarwerk-jena.example",
         (("Herr", "Tobias", "Brandt", "Entwicklung"), ("Frau", "Yasemin", "Kaya", "Einkauf"))),
    Firm("Messtechnik Zürich AG", "Messtechnik", 95, "Zürich", "https://messtechnik-zuerich.example",
         (("Herr", "Urs", "Keller", "Verkauf"),)),
    Firm("Klinikum Saale", "Gesundheit", 900, "Halle (Saale)", "https://klinikum-saale.example",
         (("Herr", "Dr. Olaf", "Wendt", "Medizintechnik"),)),
)  # fmt: skip

DEALS: tuple[Deal, ...] = (
    Deal("Messtechnik Zürich AG", "Lasermesskopf Serie 4", "new", 18_400, "Web", 30, "Rückruf", 3, age=6),
    Deal("Stadtwerke Ilmtal", "Wartung 24 Monate", "new", 9_600, "Messe", 45, "Termin", 1, age=11),
    Deal("Nordlicht Pflege gGmbH", "Pilot Lesehilfen", "new", 4_200, "Empfehlung", 20, "Termin", 0, owner="anna", age=3),
    Deal("Hafner & Söhne KG", "Rahmenvertrag 2027", "qualified", 62_000, "Web", 60, "Rückruf", 5, age=38),
    Deal("Käserei Allgäu eG", "Ablösung Altsystem", "qualified", 27_500, "Telefon", 50, "Rückruf", 2, age=29),
    Deal("Moser Handel GmbH", "Filialausstattung Graz", "quote", 88_900, "Web", 25, "Termin", -8, owner="anna", age=47),
    Deal("Werft Rügen AG", "Ersatzteilpaket", "quote", 13_750, "Messe", 15, "Rückruf", 4, age=33),
    Deal("Institut Lenz", "Schulungspaket", "quote", 5_900, "Newsletter", 12, "Termin", 1, owner="anna", age=21),
    Deal("Rheintal Logistik", "Erweiterung 40 Plätze", "negotiation", 46_200, "Empfehlung", 10, "Rückruf", -12, age=64),
    Deal("Bäckerei Thoma", "Serviceupgrade Gold", "negotiation", 7_800, "Telefon", 8, "Termin", 2, age=52),
    Deal("Solarwerk Jena GmbH", "Erstausstattung", "won", 34_100, "Web", -5, age=58),
    Deal("Hafner & Söhne KG", "Nachkauf Sensoren", "won", 11_200, "Newsletter", -12, age=71),
    Deal("Klinikum Saale", "Prüfplätze Augenklinik", "lost", 52_000, "Messe", -20, age=80),
)  # fmt: skip

ACTIVITIES: tuple[Work, ...] = (
    Work("Hafner & Söhne KG", "call", "Fragt nach Lieferzeit und Rabatt ab 20 Stück.", -3, 6),
    Work("Hafner & Söhne KG", "note", "Staffelpreis nur mit Rahmenvertrag, sagt die Leitung.", -2),
    Work("Hafner & Söhne KG", "task", "Staffelpreis ab 20 Stück anbieten", 0),
    Work("Hafner & Söhne KG", "meeting", "Vorführung des Messkopfs in der Fertigung", 2, 90),
    Work("Stadtwerke Ilmtal", "meeting", "Wartungsplan besprochen, alle wollen 24 Monate.", -6, 45),
    Work("Stadtwerke Ilmtal", "task", "Protokoll der Wartung nachreichen", -1),
    Work("Moser Handel GmbH", "call", "Graz eröffnet im Frühjahr, Angebot bis Jahresende.", -9, 12),
    Work("Moser Handel GmbH", "task", "Maße der Filiale erfragen", 4),
    Work("Bäckerei Thoma", "note", "Möchte nur nachmittags angerufen werden.", -15),
)
