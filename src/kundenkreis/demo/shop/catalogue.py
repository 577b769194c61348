"""What the shop sells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

Text = tuple[str, str]  # German, English


@dataclass(frozen=True)
class Product:
    """One article.

    net: unit price without VAT in euros; a multiple of 5, so that the gross price is exact to the
    cent also after 20 % off. specs: label and value.
    """

    slug: str
    sku: str
    net: Decimal
    category: str
    name: Text
    lead: Text
    specs: tuple[tuple[Text, Text], ...]

    def __str__(self) -> str:
        return self.name[0]


CATEGORIES: dict[str, Text] = {
    "messen": ("Messen", "Measure"),
    "sehen": ("Sehen", "See"),
    "pflegen": ("Prüfen & Pflegen", "Inspect & care"),
}

ACCURACY = ("Genauigkeit", "Accuracy")
RANGE = ("Messbereich", "Range")
WEIGHT = ("Gewicht", "Weight")
POWER = ("Stromversorgung", "Power")
ZOOM = ("Vergrößerung", "Magnification")
PROTECTION = ("Schutzart", "Protection")


def _product(
    slug: str, sku: str, net: int, category: str, name: Text, lead: Text, *specs: tuple[Text, Text]
) -> Product:
    return Product(slug, sku, Decimal(net), category, name, lead, specs)


PRODUCTS: tuple[Product, ...] = (
    _product(
        "lasermesskopf-lm4", "BO-1004", 1500, "messen",
        ("Lasermesskopf LM 4", "Laser measuring head LM 4"),
        ("Misst Abstände berührungslos auf den tausendstel Millimeter, zehntausendmal in der Sekunde.",
         "Measures distances without contact to a thousandth of a millimetre, ten thousand times a second."),
        (RANGE, ("20–30 mm", "20–30 mm")), (ACCURACY, ("± 0,8 µm", "± 0.8 µm")),
        (PROTECTION, ("IP 67, Laserklasse 2", "IP 67, laser class 2")), (WEIGHT, ("310 g", "310 g")),
    ),
    _product(
        "messschieber-150", "BO-1150", 70, "messen",
        ("Digitaler Messschieber 150", "Digital caliper 150"),
        ("Vier Messarten, eine ruhige Führung und Ziffern, die man auch ohne Brille liest.",
         "Four ways to measure, a calm slide and digits you can read without glasses."),
        (RANGE, ("0–150 mm", "0–150 mm")), (ACCURACY, ("± 0,02 mm", "± 0.02 mm")),
        (POWER, ("CR2032, etwa 3 Jahre", "CR2032, about 3 years")), (PROTECTION, ("IP 54", "IP 54")),
    ),
    _product(
        "buegelmessschraube-25", "BO-1225", 100, "messen",
        ("Bügelmessschraube 25", "Micrometer 25"),
        ("Gehärtete Messflächen, Gefühlsratsche, Prüfprotokoll. Ein Werkzeug fürs Berufsleben.",
         "Hardened faces, ratchet stop, test report. A tool for a working life."),
        (RANGE, ("0–25 mm", "0–25 mm")), (ACCURACY, ("± 2 µm", "± 2 µm")),
        (WEIGHT, ("240 g", "240 g")), (("Norm", "Standard"), ("DIN 863-1", "DIN 863-1")),
    ),
    _product(
        "messuhr-10", "BO-1310", 60, "messen",
        ("Messuhr 10", "Dial gauge 10"),
        ("Stoßgeschützt und spielfrei: der Zeiger steht, wo das Werkstück steht.",
         "Shock-proof and free of play: the hand stands where the workpiece stands."),
        (RANGE, ("10 mm", "10 mm")), (("Ablesung", "Reading"), ("0,01 mm", "0.01 mm")),
        (("Einspannschaft", "Stem"), ("8 mm h6", "8 mm h6")), (WEIGHT, ("150 g", "150 g")),
    ),
    _product(
        "nivelliergeraet-ng32", "BO-1432", 450, "messen",
        ("Nivelliergerät NG 32", "Automatic level NG 32"),
        ("Stellt sich selbst waagerecht und bleibt es: auf der Baustelle wie im Garten.",
         "Levels itself and stays level: on the building site as in the garden."),
        (ZOOM, ("32-fach", "32 ×")), (ACCURACY, ("1,0 mm je km", "1.0 mm per km")),
        (PROTECTION, ("IP 56", "IP 56")), (("Lieferumfang", "Included"), ("mit Stativ", "with tripod")),
    ),
    _product(
        "luxmeter-lx2", "BO-1502", 120, "messen",
        ("Luxmeter LX 2", "Light meter LX 2"),
        ("Sagt in einer Sekunde, ob ein Arbeitsplatz hell genug ist, und merkt sich den Wert.",
         "Tells in a second whether a workplace is bright enough, and remembers the value."),
        (RANGE, ("0,1–200.000 lx", "0.1–200,000 lx")), (ACCURACY, ("± 3 %", "± 3 %")),
        (POWER, ("2 × AA", "2 × AA")), (WEIGHT, ("180 g", "180 g")),
    ),
    _product(
        "fernglas-10x42", "BO-2042", 350, "sehen",
        ("Fernglas Falke 10 × 42", "Binoculars Falke 10 × 42"),
        ("Helles, randscharfes Bild bis in die Dämmerung. Mit Stickstoff gefüllt, beschlägt nie.",
         "A bright picture, sharp to the edge, into dusk. Filled with nitrogen, never fogs."),
        (ZOOM, ("10-fach", "10 ×")), (("Sehfeld", "Field of view"), ("115 m auf 1.000 m", "115 m at 1,000 m")),
        (WEIGHT, ("690 g", "690 g")), (PROTECTION, ("wasserdicht bis 2 m", "waterproof to 2 m")),
    ),
    _product(
        "monokular-8x25", "BO-2125", 130, "sehen",
        ("Monokular Zaunkönig 8 × 25", "Monocular Zaunkönig 8 × 25"),
        ("Passt in die Jackentasche und zeigt, was der Wegweiser verschweigt.",
         "Fits a jacket pocket and shows what the signpost leaves out."),
        (ZOOM, ("8-fach", "8 ×")), (("Naheinstellung", "Close focus"), ("ab 0,9 m", "from 0.9 m")),
        (WEIGHT, ("165 g", "165 g")), (PROTECTION, ("IPX 7", "IPX 7")),
    ),
    _product(
        "stereomikroskop-sm45", "BO-2245", 750, "sehen",
        ("Stereomikroskop SM 45", "Stereo microscope SM 45"),
        ("Stufenloser Zoom, räumliches Bild, beide Hände frei: für Werkstatt, Labor und Schule.",
         "Stepless zoom, a picture in depth, both hands free: for workshop, laboratory and school."),
        (ZOOM, ("7- bis 45-fach", "7 to 45 ×")), (("Arbeitsabstand", "Working distance"), ("100 mm", "100 mm")),
        (("Beleuchtung", "Light"), ("LED, regelbar", "LED, adjustable")), (WEIGHT, ("4,2 kg", "4.2 kg")),
    ),
    _product(
        "refraktometer-rb32", "BO-3032", 90, "pflegen",
        ("Handrefraktometer RB 32", "Hand refractometer RB 32"),
        ("Ein Tropfen genügt: Zuckergehalt von Saft, Honig und Kühlschmierstoff in Sekunden.",
         "One drop is enough: the sugar in juice and honey, or a coolant's strength, in seconds."),
        (RANGE, ("0–32 % Brix", "0–32 % Brix")), (ACCURACY, ("± 0,2 %", "± 0.2 %")),
        (("Temperatur", "Temperature"), ("automatisch ausgeglichen", "compensated automatically")),
        (WEIGHT, ("190 g", "190 g")),
    ),
    _product(
        "fadenzaehler-10x", "BO-3110", 40, "pflegen",
        ("Fadenzähler 10×", "Linen tester 10×"),
        ("Aufklappen, auflegen, zählen. Messing, Glas und eine Skala, sonst nichts.",
         "Unfold, put down, count. Brass, glass and a scale, nothing else."),
        (ZOOM, ("10-fach", "10 ×")), (("Messfeld", "Field"), ("25 × 25 mm", "25 × 25 mm")),
        (("Werkstoff", "Material"), ("Messing, Mineralglas", "brass, mineral glass")), (WEIGHT, ("75 g", "75 g")),
    ),
    _product(
        "linsenpflege-set", "BO-3220", 20, "pflegen",
        ("Linsenpflege-Set Klar", "Lens care kit Klar"),
        ("Reiniger, Ziegenhaarpinsel und Mikrofasertuch für alles, was klar sehen soll.",
         "Cleaner, goat-hair brush and microfibre cloth for everything that should see clearly."),
        (("Inhalt", "Content"), ("100 ml, Pinsel, Tuch", "100 ml, brush, cloth")),
        (("Lösungsmittel", "Solvent"), ("ohne Alkohol", "free of alcohol")),
    ),
)  # fmt: skip

BY_SLUG: dict[str, Product] = {product.slug: product for product in PRODUCTS}
