"""Names of people as they stand in lists: parted into salutation, title, first and last name."""

from __future__ import annotations

import re

SALUTATIONS = {
    "herr": "Herr", "herrn": "Herr", "hr": "Herr", "hr.": "Herr", "frau": "Frau", "fr": "Frau", "fr.": "Frau",
    "mr": "Mr", "mr.": "Mr", "mrs": "Mrs", "mrs.": "Mrs", "ms": "Ms", "ms.": "Ms", "miss": "Miss",
    "monsieur": "Monsieur", "madame": "Madame", "mme": "Madame", "m.": "Monsieur", "signor": "Signor",
    "signora": "Signora",
}  # fmt: skip
# Words of forms of address that say nothing of anybody.
NOBODY = frozenset(
    {"firma", "fa", "fa.", "company", "unternehmen", "familie", "eheleute", "keine", "divers"}
)
TITLES = frozenset(
    [
        "dr",
        "prof",
        "professor",
        "doktor",
        "dipl",
        "dipl-ing",
        "dipl-kfm",
        "dipl-kffr",
        "dipl-inf",
        "dipl-oec",
        "mag",
        "ing",
        "med",
        "jur",
        "phil",
        "rer",
        "nat",
        "h.c",
        "hc",
        "pd",
        "habil",
    ]
)
PREFIXES = frozenset(
    [
        "von",
        "vom",
        "van",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "du",
        "la",
        "le",
        "zu",
        "zum",
        "zur",
        "ter",
        "ten",
        "graf",
        "gräfin",
        "freiherr",
        "freifrau",
        "baron",
        "baronin",
        "al",
        "el",
        "ben",
    ]
)
SUFFIXES = frozenset(
    [
        "jun",
        "jr",
        "junior",
        "sen",
        "sr",
        "senior",
        "mba",
        "llm",
        "ii",
        "iii",
        "iv",
        "ba",
        "ma",
        "bsc",
        "msc",
        "phd",
    ]
)


def parted(text: str) -> dict[str, str]:
    """The parts of a whole name: "Herr Dr. Max von Berg jun.", "Berg, Dr. Anna"."""
    text = " ".join(text.split())
    last, comma, first = text.partition(",")
    if comma and _bare(first) not in SUFFIXES and first.strip():
        found = _before(first.split())
        words = last.split()
        while words and _bare(words[0]) in PREFIXES:
            found["name_prefix"] = " ".join(
                filter(None, [found.get("name_prefix", ""), words.pop(0)])
            )
        head = _before(words)
        found["last_name"] = head.pop("first_name", "")
        return {name: value for name, value in {**head, **found}.items() if value}
    words = text.replace(",", " ").split()
    suffix: list[str] = []
    while len(words) > 1 and _bare(words[-1]) in SUFFIXES:
        suffix.insert(0, words.pop())
    found = _before(words)
    names = found.pop("first_name", "").split()
    prefix = _prefix(names)
    if prefix:
        at, length = prefix
        found["first_name"] = " ".join(names[:at])
        found["name_prefix"] = " ".join(names[at : at + length])
        found["last_name"] = " ".join(names[at + length :])
    else:
        found["first_name"], found["last_name"] = " ".join(names[:-1]), " ".join(names[-1:])
    found["name_suffix"] = " ".join(suffix)
    return {name: value for name, value in found.items() if value}


def _prefix(names: list[str]) -> tuple[int, int] | None:
    """Where "von der" begins in a name, and how many words it has; the last word is none."""
    for at, name in enumerate(names[:-1]):
        if name.casefold() in PREFIXES and (at > 0 or len(names) > 1):
            length = 0
            while at + length < len(names) - 1 and names[at + length].casefold() in PREFIXES:
                length += 1
            return at, length
    return None


def _before(words: list[str]) -> dict[str, str]:
    """Salutation and titles before a name; the rest of it as `first_name`."""
    found: dict[str, str] = {}
    words, titles = list(words), []
    while words and (word := words[0].casefold()) in SALUTATIONS | dict.fromkeys(NOBODY, ""):
        found["salutation"] = SALUTATIONS.get(word, "") or found.get("salutation", "")
        words.pop(0)
    while words and _is_title(words[0]):
        titles.append(words.pop(0))
    found["title"] = " ".join(titles)
    found["first_name"] = " ".join(words)
    return found


def _is_title(word: str) -> bool:
    bare = _bare(word)
    return bare in TITLES or (bare.startswith("dipl") and "-" in bare)


def _bare(word: str) -> str:
    return re.sub(r"[.,]+$", "", word.strip().casefold())


def addressed(text: str) -> dict[str, str]:
    """What a column about the form of address says: "Herrn Dr." is a salutation and a title."""
    found = _before(text.split())
    if rest := found.pop("first_name", ""):
        found["title"] = " ".join(filter(None, [found["title"], rest]))
    return {name: value for name, value in found.items() if value}
