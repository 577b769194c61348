"""The topics of the user guide, as `tools/guide.py` built them from `docs/guide`, and which of them
explains a page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BUILT = Path(__file__).parent / "built"

# The first that an address matches explains it; more special ones stand before others.
EXPLAINS: tuple[tuple[str, str], ...] = (
    (r"/(import|imported|exported)\b|^/crm/takeover/", "import"),
    (r"/(fields|layout)/|^/crm/(fields|number-ranges|relation-kinds)/", "own-fields"),
    (r"/(bin|history)/", "undo"),
    (r"/erase/|/disclose/|/restrict/", "protection"),
    (r"/map/|^/crm/territories/", "map"),
    (r"^/crm/(duplicates|data-quality)/", "clean-data"),
    (r"^/crm/(letters|prints|letterheads)/", "letters"),
    (r"^/crm/(opportunities|orders|products)/", "selling"),
    (r"^/crm/(tasks|activities|absences)/|^/inbox/|^/$", "first-day"),
    (r"^/crm/(data-requests|informing|disclosures|erasures|retention|processing)/", "protection"),
    (r"^/crm/(tokens|webhooks)/|^/developer/", "connecting"),
    (r"^/operation/(check-list|go-live)/", "setup"),
    (r"^/crm/(users|teams|roles|sessions|confidentiality)/|^/account/", "rights"),
    (r"^/crm/(persons|organisations)/\d+/|^/crm/(relations|affiliations|details)/", "customers"),
    (r"^/engage/(segments|profiles|events)/", "segments"),
    (r"^/engage/(sources|purposes)/", "observing"),
    (r"^/engage/campaigns/|^/insight/", "experiments"),
    (r"^/operation/", "operation"),
    (r"^/crm/|^/engage/", "lists"),
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of the guide; `sections` are the anchors and headings in it."""

    slug: str
    title: str
    summary: str
    sections: tuple[tuple[str, str], ...]


def topic_for(path: str) -> str:
    """The topic that explains a page of staff; empty where none does."""
    return next((topic for pattern, topic in EXPLAINS if re.search(pattern, path)), "")


@cache
def topics(language: str) -> tuple[Topic, ...]:
    """All topics in the order of the guide; none while the guide is not built."""
    file = _folder(language) / "topics.json"
    if not file.exists():
        return ()
    found = json.loads(file.read_text("utf-8"))
    return tuple(Topic(**{**one, "sections": tuple(map(tuple, one["sections"]))}) for one in found)


@cache
def text(language: str, slug: str) -> str | None:
    """A topic as HTML, made from our own files; the start page for an empty name."""
    known = {one.slug for one in topics(language)}
    if slug and slug not in known:
        return None
    file = _folder(language) / f"{slug or 'README'}.html"
    return file.read_text("utf-8") if file.exists() else ""


def picture(name: str) -> Path | None:
    """The file of a picture in the guide."""
    file = BUILT / "pictures" / f"{name}.png"
    return file if file.exists() else None


def _folder(language: str) -> Path:
    return BUILT / ("de" if language == "de" else "en")
