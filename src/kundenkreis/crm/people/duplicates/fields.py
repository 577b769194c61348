"""What persons and organisations are compared by, and under which names columns hold it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.duplicates.errors import NothingToCompare, UnknownField
from kundenkreis.kernel.text import unaccented

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kind(StrEnum):
    """What the rows of a table are."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Field:
    """A fact that may be compared. `names`: what columns that hold it are called."""

    key: str
    label: StrOrPromise
    names: str


ADDRESS = (
    Field(
        "street",
        _("Street"),
        "street strasse anschrift addr address adresse address1 addressline1 streetaddress "
        "strassehausnummer strassehausnr strassenr strasseundhausnummer strasseundnr hausanschrift",
    ),
    Field(
        "house_number",
        _("House number"),
        "housenumber houseno streetnumber hausnummer hausnr hnr nr",
    ),
    Field(
        "street_extra",
        _("Second line of the address"),
        "address2 addressline2 street2 adresszusatz anschriftenzusatz zusatz",
    ),
    Field(
        "postcode",
        _("Postal code"),
        "postcode postalcode zip zipcode zippostalcode stateprovincezip plz postleitzahl",
    ),
    Field(
        "place",
        _("Place"),
        "place city town ort stadt wohnort suburb gemeinde plzort plzwohnort plzstadt zipcity",
    ),
)
REACH = (
    Field(
        "email",
        _("E-mail"),
        "email mail emailaddress emailadresse mailadresse emailid",
    ),
    Field(
        "phone",
        _("Phone"),
        "phone phonenumber phoneno telephone telephonenumber telefon telefonnr telefonnummer tel telnr "
        "festnetz rufnummer mobile mobilephone mobilenumber mobilephonenumber mobil mobilnr "
        "mobilnummer mobiltelefon mobiltelefonnummer handy handynr handynummer cell cellphone fax",
    ),
)
NUMBER = Field(
    "number",
    _("Customer number"),
    "customernumber customerno customerid accountnumber kundennummer kundennr kundeno kdnr knr "
    "mitgliedsnummer mitgliedsnr lieferantennummer lieferantennr debitor debitorennummer debitorennr debitornr kontonummer kontonr "
    "ktonr konto",
)
VAT_ID = Field(
    "vat_id",
    _("VAT id"),
    "vatid vat vatno vatnumber vatregistrationnumber ustid ustidnr ustidnummer ustnr uid uidnummer "
    "umsatzsteuerid umsatzsteueridnr umsatzsteueridnummer umsatzsteueridentifikationsnummer",
)
FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.PERSON: (
        Field(
            "first_name",
            _("First name"),
            "firstname givenname vorname vornamen forename fname fnamec rufname",
        ),
        Field(
            "last_name",
            _("Last name"),
            "lastname surname familyname nachname familienname zuname nachnamefirma lname lnamec",
        ),
        Field(
            "name",
            _("Name"),
            "name fullname displayname personname namevorname nachnamevorname vornamename "
            "vornamenachname vorundnachname kundenname kunde ansprechpartner",
        ),
        Field(
            "birth_date",
            _("Birth date"),
            "birthdate dateofbirth dob birthday geburtsdatum geburtstag geborenam gebdatum gebdat gebam",
        ),
        Field("birth_year", _("Year of birth"), "birthyear yearofbirth geburtsjahr by"),
        Field("birth_month", _("Month of birth"), "birthmonth monthofbirth geburtsmonat bm"),
        Field("birth_day", _("Day of birth"), "birthdayofmonth dayofbirth bd"),
        *ADDRESS,
        *REACH,
        NUMBER,
        Field(
            "company",
            _("Company"),
            "company companyname firma firmenname unternehmen organisation organization employer "
            "arbeitgeber workplace account accountname",
        ),
    ),
    Kind.ORGANISATION: (
        Field(
            "name",
            _("Name"),
            "name company companyname firma firmenname firmierung organisation organization "
            "organisationname organizationname unternehmen unternehmensname account accountname "
            "kundenname kunde lieferant bezeichnung",
        ),
        *ADDRESS,
        *REACH,
        Field(
            "website",
            _("Website"),
            "website websiteurl web url homepage internet internetadresse domain webseite",
        ),
        NUMBER,
        VAT_ID,
        Field(
            "register_number",
            _("Register number"),
            "registernumber handelsregister hrb hrbnr hrbnummer registernummer registernr "
            "handelsregisternummer handelsregisternr",
        ),
    ),
}
# Which of several addresses or numbers it is says nothing about what it is.
OF_WHICH = (
    "geschaftlich dienstlich privat private business home work office other weitere primary main "
    "haupt mailing billing shipping contact person rechnung rechnungs liefer"
)
PERSONAL = frozenset({"first_name", "last_name", "birth_date", "birth_year"})
ENOUGH = {
    Kind.PERSON: {"first_name", "last_name", "name", "email", "phone", "number"},
    Kind.ORGANISATION: {"name", "email", "phone", "website", "number", "vat_id"},
}


def plain(column: str) -> str:
    """A column's name without case, accents, signs and a number at its end."""
    return re.sub(r"[^a-z0-9]|(?<=[a-z])0+(?=\d$)", "", unaccented(column))


def _known(kind: Kind) -> dict[str, str]:
    return {unaccented(name): field.key for field in FIELDS[kind] for name in field.names.split()}


def recognised(columns: Iterable[str], kind: Kind) -> dict[str, str]:
    """Which columns hold which field, in the columns' order; several may hold the same."""
    known = _known(kind)
    found = {}
    for column in columns:
        name = plain(column)
        ways = (name, bare := re.sub(r"\d+$", "", name), *_without_which(bare))
        field = next((known[way] for way in ways if way in known), None)
        if field:
            found[column] = field
    return found


def _without_which(name: str) -> Iterator[str]:
    """“homestreet” and “telefonprivat” as “street” and “telefon”."""
    for word in OF_WHICH.split():
        if name.startswith(word):
            yield name.removeprefix(word)
        if name.endswith(word):
            yield name.removesuffix(word)


def likely_kind(columns: Iterable[str]) -> Kind:
    """Persons when a column holds what only persons have; otherwise organisations."""
    held = set(recognised(columns, Kind.PERSON).values())
    return Kind.PERSON if held & PERSONAL else Kind.ORGANISATION


def chosen(columns: Iterable[str], kind: Kind, given: Mapping[str, str]) -> dict[str, str]:
    """The columns that are compared: what was recognised, then what somebody said.

    `given` maps columns to fields, or to "" for a column to be left out. Raises `UnknownField` for a
    field that there is not, `NothingToCompare` when nothing says who or what a row is.
    """
    keys = [field.key for field in FIELDS[kind]]
    wrong = next((field for field in given.values() if field and field not in keys), None)
    if wrong is not None:
        raise UnknownField(
            _("There is no field “%(field)s”.") % {"field": wrong},
            hint=_("Fields are: %(fields)s.") % {"fields": ", ".join(keys)},
        )
    columns = list(columns)
    found = recognised(columns, kind) | {name: given[name] for name in columns if name in given}
    found = {column: field for column, field in found.items() if field}
    if not ENOUGH[kind] & set(found.values()):
        raise NothingToCompare(
            _("No column says who or what a row is."),
            hint=_("Say which does, such as --column %(column)s=%(field)s. Fields are: %(fields)s.")
            % {
                "column": columns[0] if columns else "A",
                "field": keys[0],
                "fields": ", ".join(keys),
            },
        )
    return found
