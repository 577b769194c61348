"""Streets, postal codes and e-mail addresses in the form in which duplicates are compared."""

from __future__ import annotations

import re
from functools import lru_cache

from kundenkreis.crm.people.duplicates.names import tokens
from kundenkreis.kernel.text import unaccented


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Who reads a mailbox of such a name changes; many people give it as theirs.
ROLES = _words("""
accounting admin administrator anfrage bestellung bestellungen bewerbung billing booking
buchhaltung buero buro contact datenschutz einkauf empfang empfangssekretariat finance hallo
hello help hilfe hr info invoice it jobs kanzlei kontakt mail marketing newsletter no-reply
noreply office order orders personal post postmaster praxis press presse privacy purchasing
rechnung rechnungen reservation reservierung sales sekretariat service shop support team technik
verkauf vertrieb verwaltung webmaster zentrale
""")
# Domains at which anybody gets an address.
FREE_MAIL = _words("""
1und1.de a1.net aol.com aol.de arcor.de bluewin.ch chello.at email.de freenet.de gmail.com
gmx.at gmx.ch gmx.de gmx.net googlemail.com hotmail.com hotmail.de icloud.com kabelmail.de
live.com live.de mac.com mail.de mailbox.org me.com msn.com online.de outlook.com outlook.de
posteo.de proton.me protonmail.com t-online.de vodafone.de web.de yahoo.com yahoo.de
""")
_WAYS = {
    **dict.fromkeys(("strasse", "str", "straße"), "str"),
    **dict.fromkeys(("street", "st"), "st"),
    **dict.fromkeys(("avenue", "ave", "av"), "ave"),
    **dict.fromkeys(("boulevard", "blvd", "blv"), "blvd"),
    **dict.fromkeys(("road", "rd"), "rd"),
    **dict.fromkeys(("drive", "dr"), "dr"),
    **dict.fromkeys(("place", "pl", "platz"), "pl"),
    **dict.fromkeys(("lane", "ln"), "ln"),
    **dict.fromkeys(("court", "ct"), "ct"),
    **dict.fromkeys(("circuit", "cct"), "cct"),
    **dict.fromkeys(("crescent", "cres"), "cres"),
    **dict.fromkeys(("north", "n"), "n"),
    **dict.fromkeys(("south", "s"), "s"),
    **dict.fromkeys(("east", "e"), "e"),
    **dict.fromkeys(("west", "w"), "w"),
    **dict.fromkeys(("sankt", "saint"), "st"),
}
_GLUED = re.compile(r"(?<=[a-z]{2})(strasse|str)$")
_NUMBER = r"\d+\s?[a-z]?(?:\s?[-/+]\s?\d+\s?[a-z]?)?"
_LAST_NUMBER = re.compile(rf"^(.*[a-z.,\d])[\s,]+({_NUMBER})$")
_NO_ADDRESS, _NO_LETTER = re.compile(r"[\s<>,;]"), re.compile(r"[^a-z]")
_FIRST_NUMBER = re.compile(rf"^({_NUMBER})[\s,]+(.+)$")


@lru_cache(maxsize=20_000)
def street_and_number(street: str, number: str) -> tuple[str, str]:
    """A street without its number and with its usual abbreviations; the number.

    The number may stand behind the street, as in Germany, before it, or in a field of its own.
    """
    text = unaccented(street).strip()
    if not number and (found := _LAST_NUMBER.match(text)):
        text, number = found[1], found[2]
    elif not number and (found := _FIRST_NUMBER.match(text)):
        number, text = found[1], found[2]
    words = (_GLUED.sub(" str", word) for word in tokens(text))
    shortened = (_WAYS.get(one, one) for word in words for one in word.split())
    return " ".join(shortened), re.sub(r"[^a-z0-9/-]", "", unaccented(number))


@lru_cache(maxsize=50_000)
def postcode(text: str) -> str:
    """A postal code without its country and signs."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"^[a-z]{1,3}[-\s]+", "", unaccented(text).strip()))


def email(text: str) -> str:
    """An e-mail address as it is compared; empty for what is none. What follows “+” is no part."""
    local, at, domain = text.strip().casefold().removeprefix("mailto:").rpartition("@")
    local = local.partition("+")[0]
    good = at and local and domain and not _NO_ADDRESS.search(f"{local}{domain}")
    return f"{local}@{domain.strip('.')}" if good else ""


def is_role(address: str) -> bool:
    """Whether a mailbox belongs to a function rather than to somebody."""
    return address.partition("@")[0].rstrip("0123456789.-_") in ROLES


def domain_of(address: str) -> str:
    """The domain of an address or web page, where not anybody can get one there; or empty."""
    text = address.strip().casefold().rpartition("@")[2]
    host = re.sub(r"^[a-z]+://", "", text).split("/")[0].split(":")[0].removeprefix("www.")
    return "" if host in FREE_MAIL or "." not in host else host


def restates(address: str, names: str) -> bool:
    """Whether what stands before the @ only repeats somebody's name, as in first.last@firm."""
    local, told = address.partition("@")[0], [name for name in names.split() if len(name) > 2]
    if any(name in local for name in told):  # nearly all are written so
        return True
    local = _NO_LETTER.sub("", unaccented(local))
    return any(name in local for name in told)
