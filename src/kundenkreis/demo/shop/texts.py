"""The shop's words: German and English side by side; `$t_name` in a page."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

Language = Literal["de", "en"]

_TEXTS: dict[str, tuple[str, str]] = {
    "claim": ("Messgeräte und Optik aus Jena", "Measuring instruments and optics from Jena"),
    "bar_shipping": ("Versand frei ab 100 €", "Free shipping from €100"),
    "bar_invoice": ("Kauf auf Rechnung", "Pay by invoice"),
    "bar_workshop": ("Eigene Werkstatt in Jena", "Our own workshop in Jena"),
    "skip": ("Zum Inhalt", "Skip to content"),
    "cart": ("Warenkorb", "Cart"),
    "hero_title": ("Genauigkeit,\ndie man sieht.", "Accuracy\nyou can see."),
    "hero_text": (
        "Seit 1962 bauen und prüfen wir Messgeräte und Optik, die Jahrzehnte halten. Jedes Stück verlässt die Werkstatt mit Prüfprotokoll.",
        "Since 1962 we have built and tested instruments and optics that last for decades. Every piece leaves the workshop with a test report.",
    ),
    "hero_go": ("Zum Sortiment", "See the range"),
    "hero_bestseller": ("Neu: Lasermesskopf LM 4", "New: laser measuring head LM 4"),
    "vat": ("inkl. 19 % MwSt.", "incl. 19 % VAT"),
    "vat_shipping": ("inkl. 19 % MwSt., zzgl. Versand", "incl. 19 % VAT, plus shipping"),
    "stock": ("Auf Lager, in 1 bis 2 Werktagen bei Ihnen", "In stock, with you in 1 to 2 working days"),
    "returns": ("30 Tage Rückgabe", "30 days to return"),
    "warranty": ("5 Jahre Garantie", "5 years of warranty"),
    "report": ("Mit Prüfprotokoll", "With test report"),
    "quantity": ("Menge", "Quantity"),
    "add": ("In den Warenkorb", "Add to cart"),
    "added": ("Im Warenkorb", "In your cart"),
    "to_cart": ("Zum Warenkorb", "Go to cart"),
    "datasheet": ("Technische Daten", "Technical data"),
    "article": ("Artikelnummer", "Article number"),
    "related": ("Passt dazu", "Goes with it"),
    "home": ("Start", "Home"),
    "fact1_title": ("Kalibriert und belegt", "Calibrated and documented"),
    "fact1_text": ("Rückführbar auf nationale Normale, mit Protokoll für Ihre Prüfmittelüberwachung.", "Traceable to national standards, with a report for your records."),
    "fact2_title": ("Reparatur statt Ersatz", "Repair, not replacement"),
    "fact2_text": ("Ersatzteile für jedes Gerät, das wir seit 1990 gebaut haben.", "Spare parts for every instrument we have built since 1990."),
    "fact3_title": ("Beratung vom Fach", "Advice from the workshop"),
    "fact3_text": ("Am Telefon sitzt, wer die Geräte auch justiert: 03641 555 0.", "The person on the phone also adjusts the instruments: +49 3641 555 0."),
    "empty": ("Ihr Warenkorb ist noch leer.", "Your cart is still empty."),
    "remove": ("Entfernen", "Remove"),
    "refresh": ("Ändern", "Change"),
    "voucher": ("Gutscheincode", "Voucher code"),
    "redeem": ("Einlösen", "Redeem"),
    "voucher_on": ("Gutschein $code ist eingelöst.", "Voucher $code is redeemed."),
    "voucher_bad": ("Diesen Gutschein kennen wir nicht. Bitte prüfen Sie die Schreibweise.", "We do not know this voucher. Please check the spelling."),
    "summary": ("Zusammenfassung", "Summary"),
    "goods": ("Waren", "Goods"),
    "discount": ("Gutschein", "Voucher"),
    "shipping": ("Versand", "Shipping"),
    "free": ("frei", "free"),
    "tax": ("darin 19 % MwSt.", "of which 19 % VAT"),
    "total": ("Gesamt", "Total"),
    "checkout": ("Zur Kasse", "Checkout"),
    "checkout_title": ("Kasse", "Checkout"),
    "contact": ("Kontakt", "Contact"),
    "address": ("Lieferanschrift", "Delivery address"),
    "first_name": ("Vorname", "First name"),
    "last_name": ("Nachname", "Last name"),
    "email": ("E-Mail", "E-mail"),
    "phone": ("Telefon (freiwillig)", "Phone (optional)"),
    "street": ("Straße und Hausnummer", "Street and number"),
    "postal_code": ("PLZ", "Postal code"),
    "city": ("Ort", "City"),
    "country": ("Land", "Country"),
    "germany": ("Deutschland", "Germany"),
    "austria": ("Österreich", "Austria"),
    "payment": ("Zahlung", "Payment"),
    "payment_text": ("Auf Rechnung, zahlbar binnen 14 Tagen.", "By invoice, due within 14 days."),
    "order": ("Zahlungspflichtig bestellen", "Order with obligation to pay"),
    "missing": ("Bitte ausfüllen.", "Please fill in."),
    "bad_email": ("Bitte geben Sie eine gültige E-Mail-Adresse an.", "Please enter a valid e-mail address."),
    "please_check": ("Bitte prüfen Sie die markierten Felder.", "Please check the marked fields."),
    "thanks": ("Vielen Dank für Ihre Bestellung.", "Thank you for your order."),
    "thanks_text": ("Ihre Bestellnummer ist $order_id. Die Bestätigung geht an $email.", "Your order number is $order_id. The confirmation goes to $email."),
    "cancel": ("Bestellung stornieren", "Cancel the order"),
    "cancel_text": ("Anders überlegt? Solange nichts verschickt ist, genügt ein Klick.", "Changed your mind? One click is enough until the parcel has left."),
    "cancelled": ("Ihre Bestellung ist storniert.", "Your order is cancelled."),
    "cancelled_text": ("Bestellung $order_id wird nicht ausgeführt; Sie müssen nichts bezahlen.", "Order $order_id will not be carried out; there is nothing to pay."),
    "further": ("Weiter einkaufen", "Continue shopping"),
    "not_found": ("Diese Seite gibt es nicht.", "There is no such page."),
    "imprint": ("Impressum", "Imprint"),
    "privacy": ("Datenschutz", "Privacy"),
    "choices": ("Datenschutz-Einstellungen", "Privacy settings"),
    "fictitious": ("Bergmann Optik ist ein erfundenes Unternehmen; hier wird nichts verkauft.", "Bergmann Optik is a fictitious company; nothing is sold here."),
    "other_language": ("English", "Deutsch"),
    "category_messen": ("Messen", "Measure"),
    "category_sehen": ("Sehen", "See"),
    "category_pflegen": ("Prüfen & Pflegen", "Inspect & care"),
}  # fmt: skip

TEXTS: dict[Language, dict[str, str]] = {
    "de": {name: german for name, (german, _) in _TEXTS.items()},
    "en": {name: english for name, (_, english) in _TEXTS.items()},
}

# Words of an address; the first part of a path names the page.
PATHS: dict[Language, dict[str, str]] = {
    "de": {
        "home": "/", "product": "/produkte/", "cart": "/warenkorb", "checkout": "/kasse",
        "order": "/bestellung", "imprint": "/impressum", "privacy": "/datenschutz",
    },
    "en": {
        "home": "/en/", "product": "/en/products/", "cart": "/en/cart", "checkout": "/en/checkout",
        "order": "/en/order", "imprint": "/en/imprint", "privacy": "/en/privacy",
    },
}  # fmt: skip


def euros(amount: Decimal, language: Language) -> str:
    """An amount as the language writes it."""
    sign, english = "−" if amount < 0 else "", f"{abs(amount):,.2f}"
    if language == "en":
        return f"{sign}€{english}"
    return sign + english.translate(str.maketrans(",.", ".,")) + "\N{NO-BREAK SPACE}€"
