"""Five files of a small company as they come from five drawers: they contradict each other, nothing
in them is real. The same bytes of text every time; for trying out, the guide and the tests."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

MADE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LIST, OUTLOOK, DATEV, PHONE, FAIR = (
    "Kundenliste 2019.xlsx", "Outlook-Kontakte.csv", "EXTF_Debitoren.csv", "Handy.vcf", "Messe 2025.csv",
)  # fmt: skip
_LIST = [
    ["Kd.-Nr.", "Firma", "Ansprechpartner", "Straße", "PLZ", "Ort", "Telefon", "E-Mail", "Bemerkung"],
    [10001, "Möbelwerk Lindner GmbH", "Frau Sabine Lindner", "Werkstr. 4", 98527, "Suhl", "03681 23125-10", "info@moebelwerk-lindner.example", "Rechnung immer in Papierform"],
    [10002, "Autohaus Reuter KG", "Thomas Reuter", "Erfurter Straße 81", 99423, "Weimar", "(03643) 23125-20", "info@autohaus-reuter.example", ""],
    [10003, "Druckhaus Saale GmbH", "Herr Jörg Weißbach", "Am Anger 12", "07743", "Jena", "03641/23125-30", "j.weissbach@druckhaus-saale.example", ""],
    [10004, "Gärtnerei Morgenrot", "Ute Morgenrot", "Feldweg 2", 4178, "Leipzig", "n/a", "gaertnerei(at)morgenrot", "hat Schlüssel vom Lager"],
    [10005, "Feinmechanik Uhlig & Co. KG", "Dr. Bernd Uhlig", "Carl-Zeiss-Platz 3", "07743", "Jena", "03641 2312540", "uhlig@feinmechanik-uhlig.example", ""],
    [10006, "Hotel Thüringer Hof GmbH", "Müller, Katharina", "Markt 7", 99817, "Eisenach", "03691 2312550", "empfang@thueringer-hof.example", ""],
    [10007, "Metallbau Krüger GmbH", "", "Industriestr. 19", 99091, "Erfurt", "0361 2312560", "buero@metallbau-krueger.example", ""],
    [10008, "Praxis für Logopädie Sommer", "Anja Sommer", "Talstraße 1", "07545", "Gera", "0365 2312570", "praxis@logopaedie-sommer.example", ""],
]  # fmt: skip
_OUTLOOK = [
    ["Anrede", "Vorname", "Weitere Vornamen", "Nachname", "Suffix", "Firma", "Position", "Straße geschäftlich", "Ort geschäftlich", "Postleitzahl geschäftlich", "Land/Region geschäftlich", "Straße privat", "Ort privat", "Postleitzahl privat", "Telefon geschäftlich", "Telefon privat", "Mobiltelefon", "Geburtstag", "E-Mail-Adresse", "Webseite", "Notizen"],
    ["Frau", "Sabine", "", "Lindner", "", "Möbelwerk Lindner GmbH", "Geschäftsführerin", "Werkstraße 4", "Suhl", "98527", "Deutschland", "", "", "", "03681 23125-11", "", "0175 2312511", "14.03.1968", "sabine.lindner@moebelwerk-lindner.example", "www.moebelwerk-lindner.example", ""],
    ["Herr", "Thomas", "", "Reuter", "", "Autohaus Reuter", "Inhaber", "Erfurter Str. 81", "Weimar", "99423", "Deutschland", "Am Horn 5", "Weimar", "99425", "03643 2312521", "", "0175 2312521", "0.0.00", "thomas.reuter@autohaus-reuter.example", "", ""],
    ["Herr", "Jörg", "", "Weißbach", "", "Druckhaus Saale GmbH", "Einkauf", "Am Anger 12", "Jena", "07743", "Deutschland", "", "", "", "03641 2312531", "", "", "2.7.1975", "j.weissbach@druckhaus-saale.example", "", "mag keine Anrufe vor 9"],
    ["Herr Dr.", "Bernd", "", "Uhlig", "", "Feinmechanik Uhlig & Co. KG", "Geschäftsführer", "Carl-Zeiss-Platz 3", "Jena", "07743", "Deutschland", "", "", "", "03641 23125-40", "", "0175 2312540", "30.11.1959", "uhlig@feinmechanik-uhlig.example", "", ""],
    ["Frau", "Katharina", "", "Müller", "", "Hotel Thüringer Hof GmbH", "Direktion", "Markt 7", "Eisenach", "99817", "Deutschland", "", "", "", "03691 23125-51", "", "", "5.5.1981", "k.mueller@thueringer-hof.example", "", ""],
    ["Herr", "Andreas", "", "Müller", "", "Hotel Thüringer Hof GmbH", "Küche", "Markt 7", "Eisenach", "99817", "Deutschland", "", "", "", "03691 23125-52", "", "", "", "a.mueller@thueringer-hof.example", "", ""],
    ["Frau", "Petra", "", "Krüger", "", "Metallbau Krüger GmbH", "Buchhaltung", "Industriestraße 19", "Erfurt", "99091", "Deutschland", "", "", "", "0361 23125-61", "", "", "", "petra.krueger@metallbau-krueger.example", "", ""],
]  # fmt: skip
_DATEV_HEAD = [
    "EXTF",
    700,
    16,
    "Debitoren/Kreditoren",
    5,
    "20260105090000000",
    "",
    "RE",
    "",
    "",
    29098,
    55003,
    "20260101",
    5,
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
]
_DATEV = [
    ["Konto", "Name (Adressattyp Unternehmen)", "Unternehmensgegenstand", "Name (Adressattyp natürl. Person)", "Vorname (Adressattyp natürl. Person)", "Name (Adressattyp keine Angabe)", "Adressattyp", "Kurzbezeichnung", "EU-Land", "EU-UStID", "Anrede", "Titel/Akad. Grad", "Straße", "Postfach", "Postleitzahl", "Ort", "Land", "Telefon", "E-Mail", "Internet", "IBAN-Nr. 1"],
    ["10001", "Möbelwerk Lindner GmbH", "Möbelherstellung", "", "", "", "2", "LINDNER", "DE", "136695976", "", "", "Werkstraße 4a", "", "98527", "Suhl", "DE", "03681 23125-10", "rechnung@moebelwerk-lindner.example", "", "DE02120300000000202051"],
    ["10002", "Autohaus Reuter KG", "Kfz-Handel", "", "", "", "2", "REUTER", "DE", "129273398", "", "", "Erfurter Straße 81", "", "99423", "Weimar", "DE", "03643 2312520", "", "", ""],
    ["10013", "Druckhaus Saale GmbH", "Druckerei", "", "", "", "2", "DRUCKHAUS", "", "", "", "", "Am Anger 12", "", "07743", "Jena", "DE", "03641 2312530", "", "www.druckhaus-saale.example", ""],
    ["10005", "Feinmechanik Uhlig & Co. KG", "", "", "", "", "2", "UHLIG", "DE", "123456789", "", "", "Löbstedter Straße 50", "", "07749", "Jena", "DE", "03641 2312540", "", "", ""],
    ["10009", "", "", "Sommer", "Anja", "", "1", "SOMMER", "", "", "Frau", "", "Talstraße 1", "", "07545", "Gera", "DE", "0365 2312570", "praxis@logopaedie-sommer.example", "", ""],
    ["10010", "Metallbau Krüger GmbH", "Metallbau", "", "", "", "2", "KRUEGER", "", "", "", "", "Industriestraße 19", "", "99091", "Erfurt", "DE", "0361 2312560", "buero@metallbau-krueger.example", "", ""],
    ["70001", "Energie Mitte GmbH", "Strom", "", "", "", "2", "ENERGIE", "", "", "", "", "Netzweg 1", "", "99084", "Erfurt", "DE", "", "", "", ""],
]  # fmt: skip
_PHONE = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Wei=C3=9Fbach;J=C3=B6rg
TEL;CELL:01752312530
EMAIL:j.weissbach@druckhaus-saale.example
ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Druckhaus Saale
TITLE:Produktionsleiter
BDAY:19750207
REV:20250911T101500Z
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Sabine Lindner-Voß
N:Lindner-Voß;Sabine;;Frau;
ORG:Möbelwerk Lindner GmbH
TEL;TYPE=CELL:+49 175 2312511
EMAIL;TYPE=INTERNET:sabine.lindner@moebelwerk-lindner.example
BDAY:1968-03-14
NOTE:hat im Juni geheiratet\\, neuer Name seit
  2025
REV:20250702T080000Z
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Ute Morgenrot
N:Morgenrot;Ute;;;
item1.ORG:Gärtnerei Morgenrot
item1.TEL;type=CELL;type=VOICE;type=pref:0175/2312541
item1.X-ABLabel:_$!<Mobile>!$_
EMAIL:ute@gaertnerei-morgenrot.example
ADR;TYPE=WORK:;;Feldweg 2;Leipzig;;04178;Deutschland
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAYEBQYFBAYGBQYHBwYI
 ChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Dr. Bernd Uhlig
TEL;VALUE=uri;TYPE="work,cell":tel:+49-175-2312540
BDAY:--1130
ORG:Feinmechanik Uhlig & Co. KG
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Pannenhilfe
TEL:112
END:VCARD
"""
_FAIR = [
    ["First name", "Last name", "Company", "Email", "Phone", "City", "Birthday"],
    ["Jörg", "Weissbach", "Druckhaus Saale GmbH", "j.weissbach@druckhaus-saale.example", "+49 3641 2312531", "Jena", ""],
    ["Katharina", "Müller", "Hotel Thüringer Hof GmbH", "k.mueller@thueringer-hof.example", "", "Eisenach", "1981-05-06"],
    ["Katharina", "Müller", "Softwarehaus Nordlicht AG", "katharina.mueller@nordlicht-software.example", "+49 40 66969 100", "Hamburg", ""],
    ["Petra", "Krueger", "Metallbau Krüger GmbH", "petra.krueger@metallbau-krueger.example", "0361 23125-61", "Erfurt", ""],
    ["Sven", "Albrecht", "Softwarehaus Nordlicht AG", "sven.albrecht@nordlicht-software.example", "+49 40 66969 101", "Hamburg", "1990-02-30"],
    ["", "", "", "unbekannt@messe.example", "", "", ""],
]  # fmt: skip


def files() -> dict[str, bytes]:
    """The five files by name."""
    datev = io.StringIO()
    writer = csv.writer(datev, delimiter=";", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([_DATEV_HEAD, *_DATEV])
    return {
        LIST: _workbook(),
        OUTLOOK: _text(_OUTLOOK, ",").encode("cp1252"),
        DATEV: datev.getvalue().encode("cp1252"),
        PHONE: _PHONE.replace("\n", "\r\n").encode(),
        FAIR: _text(_FAIR, ",").encode(),
    }


def write(folder: Path) -> list[Path]:
    """Put them into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for name, content in files().items():
        path = folder / name
        path.write_bytes(content)
        found.append(path)
    return found


def archive() -> bytes:
    """The same as one ZIP archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files().items():
            file.writestr(zipfile.ZipInfo(name, MADE.timetuple()[:6]), content)
    return packed.getvalue()


def _text(rows: list[list[str]], separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def _workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": MADE.replace(tzinfo=None)})
        sheet = book.add_worksheet("Kunden")
        sheet.write(0, 0, "Kundenliste, Stand März 2019")
        for number, row in enumerate(_LIST, 2):
            sheet.write_row(number, 0, row)
    return out.getvalue()
