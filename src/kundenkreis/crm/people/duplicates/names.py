"""Names of persons and organisations in the form in which duplicates are compared."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from kundenkreis.kernel.text import unaccented


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[a-z0-9]+")
TITLES = _words("""
ba bsc dipl dr frau habil hc herr ing jur ma mag mba med mr mrs ms msc nat phd phil prof
professor rer
""")
PARTICLES = _words("""
da de del den der di la le van vom von zu zum zur
""")
LEGAL_FORMS = _words("""
ab ag aktiengesellschaft and aps as bv cie co company corp corporation eg ek ev ewiv gbr
gesellschaft ggmbh gmbh haftungsbeschrankt inc incorporated kft kg kgaa kommanditgesellschaft
limited llc llp lp ltd mbh nv ohg oy plc sa sarl sas se sp spa srl the ug und zoo
""")
_DOTTED = re.compile(r"\b(?:[a-z]\.\s?){2,}")


def tokens(text: str) -> list[str]:
    """The words of a text that is folded already; apostrophes part nothing."""
    return _WORD.findall(text.replace("'", "").replace("’", ""))


@lru_cache(maxsize=20_000)  # a base says the same names again and again
def person_name(text: str) -> str:
    """A first or last name without titles and particles, unless there is nothing else."""
    words = tokens(unaccented(text))
    kept = [word for word in words if word not in TITLES and word not in PARTICLES]
    return " ".join(kept or words)


def parted(name: str) -> tuple[str, str]:
    """First and last name of a whole one: “Dr. Jana Weiß”, “Weiß, Jana”."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return first, last


@lru_cache(maxsize=20_000)
def organisation_name(text: str) -> str:
    """An organisation's name without its legal form, unless there is nothing else."""
    text = _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", unaccented(text))
    words = tokens(text)
    kept = [word for word in words if word not in LEGAL_FORMS]
    return " ".join(kept or words)


@cache
def _full_forms() -> dict[str, tuple[str, ...]]:
    lines = Path(__file__).with_name("nicknames.txt").read_text("utf-8").splitlines()
    groups = [person_name(line).split() for line in lines if line and line[0] != "#"]
    found: dict[str, tuple[str, ...]] = {}
    for head, *others in groups:
        for name in (head, *others):
            found[name] = (*found.get(name, ()), head)
    return found


def full_forms(first_name: str) -> tuple[str, ...]:
    """What a first name may be short for: Chris is Christian or Christoph, who are not the same."""
    head = first_name.partition(" ")[0]
    return _full_forms().get(head, (head,)) if head else ()
