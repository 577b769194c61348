"""One record of many drafts: which value wins, what the others said, and from where each one is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kundenkreis.crm.people.contact_values import folded_way
from kundenkreis.crm.people.duplicates.addresses import postcode, street_and_number
from kundenkreis.crm.people.duplicates.names import organisation_name
from kundenkreis.integrations.crm.folder.drafts import PERSON, Draft
from kundenkreis.integrations.crm.folder.known import BASE_PART
from kundenkreis.kernel.text import unaccented

NEWEST = "newest"
ADDRESS = "postal"
ALONE = frozenset({"function"})  # is the affiliation's, and settled there


@dataclass(slots=True)
class Conflict:
    """Two say different things: `values` are the different ones with where each stands, as
    `[text, part, line]`; `chosen` is the one that wins."""

    key: str
    kind: str
    title: str
    field: str
    values: list[list[Any]]
    chosen: int = 0


@dataclass(slots=True)
class Settled:
    """What becomes one record. `values`: text and the part it is from; `ways` likewise; `pk` is
    that of the record it is already."""

    key: str
    kind: str
    title: str
    pk: int | None = None
    values: dict[str, list[Any]] = field(default_factory=dict)
    ways: list[dict[str, Any]] = field(default_factory=list)
    refs: dict[str, Any] = field(default_factory=dict)
    members: list[list[Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which source wins: the first in `order` (parts; the base is one of them), or with `newest`
    whoever was changed last. `picks` are what somebody chose, by record and field."""

    order: Sequence[int]
    by: str = ""
    picks: Mapping[str, int] = field(default_factory=dict)

    def ranked(self, drafts: Sequence[Draft]) -> list[Draft]:
        """The same, the one that wins first."""
        places = {part: at for at, part in enumerate(self.order)}
        found = sorted(drafts, key=lambda one: (places.get(one.part, len(places)), one.number))
        if self.by == NEWEST:
            found.sort(key=lambda one: one.changed, reverse=True)
        return found


def settle(
    key: str, kind: str, drafts: Sequence[Draft], pk: int | None, rule: Rule
) -> tuple[Settled, list[Conflict]]:
    """One record of drafts that are one."""
    ranked = rule.ranked(drafts)
    title = next((one.title for one in ranked if one.title), f"#{pk}")
    made = Settled(key, kind, title, pk)
    conflicts: list[Conflict] = []
    names = dict.fromkeys(name for one in ranked for name in one.values if name not in ALONE)
    for name in names:
        said = [(one.values[name], one) for one in ranked if one.values.get(name)]
        value, conflict = _chosen(made, name, said, rule)
        if conflict is not None:
            conflicts.append(conflict)
        made.values[name] = value
    won = {name: text for name, (text, _part) in made.values.items()}
    made.title = Draft(kind, 0, 0, values=won).title or title
    _settle_ways(made, ranked, rule, conflicts)
    for conflict in conflicts:
        conflict.title = made.title
    made.members = [
        [one.part, one.line, one.title]
        for one in sorted(drafts, key=lambda one: (one.part, one.line))
    ]
    return made, conflicts


def _chosen(
    made: Settled, name: str, said: list[tuple[str, Draft]], rule: Rule
) -> tuple[list[Any], Conflict | None]:
    different: dict[str, list[Any]] = {}
    for text, one in said:
        kept = different.setdefault(comparable(made.kind, name, text), [text, one.part, one.line])
        if _better(name, text, kept[0]) and one.part != kept[1] != BASE_PART:
            kept[:] = [text, one.part, one.line]
    values = list(different.values())
    if len(values) == 1:
        return values[0][:2], None
    fuller = [one for one in values if not _is_initial(name, one[0])]
    if len(fuller) == 1:
        return fuller[0][:2], None  # "A. Kern" and "Anna Kern" do not contradict each other
    picked = rule.picks.get(f"{made.key}:{name}", values.index(fuller[0]) if fuller else 0)
    picked = picked if picked < len(values) else 0
    return values[picked][:2], Conflict(made.key, made.kind, made.title, name, values, picked)


def _better(name: str, text: str, other: str) -> bool:
    """Whether one of two spellings of the same says more: umlauts, a legal form."""
    if name == "name":
        return len(text) > len(other)
    return sum(not one.isascii() for one in text) > sum(not one.isascii() for one in other)


def _is_initial(name: str, text: str) -> bool:
    return name == "first_name" and bool(re.fullmatch(r"\w\.?", text))


def comparable(kind: str, name: str, text: str) -> str:
    """The form in which two texts say the same."""
    if name == "name":
        return organisation_name(text) or text
    if name == "website":
        return re.sub(r"^https?://(www\.)?|/$", "", text.casefold())
    if name in ("salutation", "title", "language"):
        return unaccented(text).replace(".", "").strip()
    return re.sub(r"[^a-z0-9]", "", unaccented(text)) or text


def _settle_ways(
    made: Settled, ranked: Sequence[Draft], rule: Rule, conflicts: list[Conflict]
) -> None:
    """Every address stays; the first of whoever wins is the preferred one of its kind."""
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for one in ranked:
        for way in one.ways:
            mark = (way["kind"], _folded(way))
            known = seen.setdefault(mark, {**way, "part": one.part, "line": one.line})
            known["base"] = known.get("base", False) or one.part == BASE_PART
            known["label"] = known["label"] or way["label"]
    _drop_mere_towns(seen)
    homes = [way for (kind, _f), way in seen.items() if kind == ADDRESS]
    work = [way for way in homes if way["use"] != "home"]
    if len({way["part"] for way in work}) > 1:
        values = [[_line(way), way["part"], way["line"]] for way in work]
        picked = rule.picks.get(f"{made.key}:{ADDRESS}", 0)
        picked = picked if picked < len(values) else 0
        conflicts.append(Conflict(made.key, made.kind, made.title, ADDRESS, values, picked))
        work[picked]["first"] = True
    ways = sorted(seen.values(), key=lambda way: not way.pop("first", False))
    preferred: set[str] = set()
    for found in ways:
        found["primary"] = found["kind"] not in preferred and found["use"] != "fax"
        preferred |= {found["kind"]} if found["primary"] else set()
    made.ways = ways


def _drop_mere_towns(seen: dict[tuple[str, str], dict[str, Any]]) -> None:
    """A town alone says nothing beside a whole address in it."""
    whole = {way["town"] for (kind, _f), way in seen.items() if kind == ADDRESS and way["street"]}
    for mark, way in list(seen.items()):
        if mark[0] == ADDRESS and not way["street"] and way["town"] in whole and not way["base"]:
            del seen[mark]


def _folded(way: Mapping[str, Any]) -> str:
    if way["kind"] != ADDRESS:
        return folded_way(way["kind"], way["value"])
    street, house = street_and_number(way.get("street", ""), "")
    return (
        f"{street}|{house}|{postcode(way.get('postal_code', ''))}|{unaccented(way.get('town', ''))}"
    )


def _line(way: Mapping[str, Any]) -> str:
    place = f"{way.get('postal_code', '')} {way.get('town', '')}".strip()
    return ", ".join(part for part in (way.get("street", ""), place) if part)


def functions(drafts: Sequence[Draft], rule: Rule) -> list[tuple[Draft, str]]:
    """Those drafts of a person that say where they work, the one that wins first."""
    return [
        (one, one.values.get("function", ""))
        for one in rule.ranked(drafts)
        if one.kind == PERSON and {"organisation", "organisation_id"} & one.refs.keys()
    ]
