"""From pairs to records: groups, the organisations that names mean, and who refers to whom."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.duplicates.addresses import street_and_number
from kundenkreis.integrations.crm.folder import sources
from kundenkreis.integrations.crm.folder.comparing import BASE, Pair, said_why
from kundenkreis.integrations.crm.folder.drafts import (
    KINDS,
    OPPORTUNITY,
    ORGANISATION,
    PERSON,
    PRODUCT,
    Draft,
    Drafts,
)
from kundenkreis.integrations.crm.folder.grouping import Groups, Names, pair_name
from kundenkreis.integrations.crm.folder.known import BASE_PART, candidates, drafts_of, employers
from kundenkreis.integrations.crm.folder.problems import Problems
from kundenkreis.integrations.crm.folder.settling import Conflict, Settled, functions, settle
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.text import unaccented
from kundenkreis.records import named
from kundenkreis.records.models import Transfer

PIECE = 200


class Linker:
    """Makes records of the drafts of one take-over, each with what it refers to."""

    def __init__(
        self, transfer: Transfer, actor: Actor, drafts: Drafts, problems: Problems
    ) -> None:
        self._transfer, self._actor, self._drafts, self._problems = (
            transfer,
            actor,
            drafts,
            problems,
        )
        self._rule, self._choices = sources.rule(transfer), sources.choices(transfer)
        self.groups = {ORGANISATION: Groups(), PERSON: Groups(), PRODUCT: Groups()}
        self._ids: dict[str, Draft] = {}
        self._taken: dict[tuple[str, str], str] = {}
        self.counts: Counter[str] = Counter()
        self._files: dict[str, IO[str]] = {}
        for draft in drafts:
            for one in draft.ids:
                self._ids.setdefault(one, Draft(draft.kind, draft.part, draft.line, draft.number))
        self._review: list[tuple[str, Pair]] = []

    def group(self, kind: str, pairs: list[Pair]) -> None:
        """Join the drafts of a kind; organisations also by the names that somebody mentions."""
        groups = self.groups[kind]
        together, apart = set(self._choices["together"]), set(self._choices["apart"])
        prefix = f"{kind}:"
        left = groups.judge(
            pairs,
            {one.removeprefix(prefix) for one in together if one.startswith(prefix)},
            {one.removeprefix(prefix) for one in apart if one.startswith(prefix)},
        )
        self._review += [(kind, pair) for pair in left]
        if kind == ORGANISATION:
            self._by_name(groups)

    def _by_name(self, groups: Groups) -> None:
        known = Names()
        base = candidates(ORGANISATION, self._actor, self._drafts)
        for pk, draft in drafts_of(ORGANISATION, self._actor, base):
            known.add(f"{BASE}{pk}", draft.values.get("name", ""), _towns(draft))
        mentions, houses = [], dict[tuple[str, ...], str]()
        for draft in self._drafts:
            if draft.kind != ORGANISATION:
                continue
            if _is_mention(draft):
                mentions.append(draft)
            else:
                for house in _houses(draft):  # a list of contacts says its firms again and again
                    groups.join(houses.setdefault(house, str(draft.number)), str(draft.number))
                known.add(str(draft.number), draft.values["name"], _towns(draft))
        for draft in mentions:
            towns = _towns(draft)
            found = known.find(draft.values["name"], towns[0] if towns else "", groups.root)
            if not found or not groups.join(found, str(draft.number)):
                known.add(str(draft.number), draft.values["name"], towns)

    # Settling

    def settle(self) -> Iterator[bool]:
        """Write what becomes of everything, in the order in which it is made."""
        names = (sources.RECORDS, sources.CONFLICTS, sources.MERGED, sources.REVIEW)
        self._files = {
            name: sources.place(self._transfer, name).open("w", encoding="utf-8") for name in names
        }
        try:
            for kind in KINDS:
                made = self._grouped(kind) if kind in self.groups else self._single(kind)
                made = self._parents_first(made) if kind == ORGANISATION else made
                for number, (settled, conflicts) in enumerate(made, 1):
                    self._keep(settled, conflicts)
                    if number % PIECE == 0:
                        yield True
            told: set[frozenset[str]] = set()
            for kind, pair in self._review:
                root = self.groups[kind].root
                both = frozenset((f"{kind}:{root(pair.left)}", f"{kind}:{root(pair.right)}"))
                if len(both) > 1 and both not in told:  # not joined by name since, nor said before
                    told.add(both)
                    self._tell_pair(kind, pair)
        finally:
            for file in self._files.values():
                file.close()

    def _parents_first(
        self, made: Iterator[tuple[Settled, list[Conflict]]]
    ) -> Iterator[tuple[Settled, list[Conflict]]]:
        """Organisations that are part of others come behind them."""
        below: dict[str, tuple[Settled, list[Conflict]]] = {}
        for one in made:
            if "parent" in one[0].refs:
                below[one[0].key] = one
            else:
                yield one
        while below:
            first = [key for key, one in below.items() if one[0].refs["parent"] not in below]
            for key in first or list(below)[:1]:  # a circle is cut somewhere
                yield below.pop(key)

    def _keep(self, settled: Settled, conflicts: list[Conflict]) -> None:
        self._own_number(settled)
        self._write(sources.RECORDS, settled.plain())
        for conflict in conflicts:
            self._write(sources.CONFLICTS, _plain(conflict))
        became = "known" if settled.pk else "new"
        self.counts[f"{settled.kind}_{became}"] += 1
        self.counts["conflicts"] += len(conflicts)
        files = [one for one in settled.members if one[0] != BASE_PART]
        if len(settled.members) > 1 and settled.kind in (ORGANISATION, PERSON):
            self.counts[f"{settled.kind}_merged"] += len(settled.members) - 1
            said = [one for one in settled.members if one in files or one[0] == BASE_PART]
            self._write(
                sources.MERGED,
                {"key": settled.key, "kind": settled.kind, "title": settled.title, "members": said,
                 "reasons": settled.reasons, "pairs": self._pairs(settled)},
            )  # fmt: skip

    def _pairs(self, settled: Settled) -> list[str]:
        """The pairs that made it one, as somebody may part them."""
        root = settled.key.partition(":")[2]
        pairs = self.groups[settled.kind].reasons.get(root, ())
        return [f"{settled.kind}:{pair_name(pair)}" for pair in pairs]

    def _write(self, name: str, said: dict[str, Any]) -> None:
        self._files[name].write(json.dumps(said, ensure_ascii=False) + "\n")

    def _own_number(self, settled: Settled) -> None:
        """A customer number is one record's only."""
        said = settled.values.get("customer_number")
        if not said:
            return
        mark = (settled.kind, said[0].casefold())
        model: Any = named(settled.kind).model
        other = model.objects.filter(customer_number=said[0]).exclude(pk=settled.pk or 0).exists()
        if other or self._taken.setdefault(mark, settled.key) != settled.key:
            part, line, title = settled.members[0]
            why = _("This customer number is another record's.")
            self._problems.tell(part, line, title, said[0], why)
            del settled.values["customer_number"]

    def _grouped(self, kind: str) -> Iterator[tuple[Settled, list[Conflict]]]:
        groups = self.groups[kind]
        members: dict[str, list[int]] = {}
        for draft in self._drafts:
            if draft.kind == kind:
                members.setdefault(self._root(kind, draft), []).append(draft.number)
        base = {root: groups.base_of(root) for root in members}
        known = self._known(kind, [one for one in base.values() if one])
        for root, numbers in members.items():
            drafts = [self._drafts[number] for number in numbers]
            pk = int(base[root].removeprefix(BASE)) if base[root] else None
            if kind == PRODUCT:
                pk = None
            if pk is not None and pk in known:
                drafts.append(known[pk])
            settled, conflicts = settle(f"{kind}:{root}", kind, drafts, pk, self._rule)
            settled.reasons = self._reasons(kind, groups.reasons.get(root, ()))
            if kind == PERSON:
                conflicts += self._links(settled, drafts)
            elif kind == ORGANISATION:
                settled.refs = self._parent(drafts, settled.key)
            yield settled, conflicts

    def _root(self, kind: str, draft: Draft) -> str:
        groups = self.groups[kind]
        if kind == PRODUCT:
            same = f"sku:{draft.values['sku'].casefold()}"
            first = self._taken.setdefault((kind, same), str(draft.number))
            groups.join(first, str(draft.number))
        return groups.root(str(draft.number))

    def _known(self, kind: str, keys: Iterable[str]) -> dict[int, Draft]:
        pks = [int(key.removeprefix(BASE)) for key in keys]
        found = dict(drafts_of(kind, self._actor, pks)) if kind != PRODUCT else {}
        if kind == PERSON:
            for pk, (firm, _name) in employers(self._actor, pks).items():
                found[pk].refs["organisation"] = f"{BASE}{firm}"
        return found

    def _reasons(self, kind: str, pairs: Iterable[Pair]) -> list[str]:
        return list(dict.fromkeys(said_why(kind, pair) for pair in pairs))[:5]

    # Who refers to whom

    def _links(self, settled: Settled, drafts: list[Draft]) -> list[Conflict]:
        """Where a person works: as whoever wins says, and what the others say."""
        said = [
            (self._firms(one), function, one) for one, function in functions(drafts, self._rule)
        ]
        said = [one for one in said if one[0]]
        if not said:
            return []
        conflicts = []
        different: dict[str, list[Any]] = {}
        for firms, _function, one in said:
            different.setdefault(firms[0], [self._firm_name(firms[0]), one.part, one.line])
        picked = 0
        if len(different) > 1:
            picked = self._rule.picks.get(f"{settled.key}:organisation", 0) % len(different)
            values = list(different.values())
            conflicts.append(
                Conflict(settled.key, PERSON, settled.title, "organisation", values, picked)
            )
        chosen = list(different)[picked]
        texts: dict[str, list[Any]] = {}
        for firms, function, one in said:
            if firms[0] == chosen and function:
                texts.setdefault(function.casefold(), [function, one.part, one.line])
        at = self._rule.picks.get(f"{settled.key}:function", 0) % max(1, len(texts))
        if len(texts) > 1:
            conflicts.append(
                Conflict(settled.key, PERSON, settled.title, "function", list(texts.values()), at)
            )
        does: list[Any] = list(texts.values())[at] if texts else ["", said[0][2].part, 0]
        all_of_them = next(firms for firms, _f, _one in said if firms[0] == chosen)
        settled.refs["works"] = [
            [firm, does[0] if firm == chosen else "", does[1]] for firm in all_of_them
        ]
        return conflicts

    def _firms(self, draft: Draft) -> list[str]:
        """The organisations that a draft names, by the keys of their records."""
        found = []
        for one in draft.refs.get("organisation_id", ()):
            target = self._ids.get(one)
            if target is None or target.kind != ORGANISATION:
                self._lost(draft, one)
            else:
                found.append(self._key(ORGANISATION, target.number))
        if not found and (number := draft.refs.get("organisation")) is not None:
            found.append(self._key(ORGANISATION, number))
        return list(dict.fromkeys(found))

    def _firm_name(self, key: str) -> str:
        number = key.partition(":")[2]
        if number.startswith(BASE):
            pk = int(number.removeprefix(BASE))
            rows = named(ORGANISATION).rows(self._actor).filter(pk=pk)
            return str(rows.first() or "")
        return self._drafts[int(number)].title

    def _key(self, kind: str, number: Any) -> str:
        groups = self.groups.get(kind)
        return f"{kind}:{groups.root(str(number)) if groups else number}"

    def _parent(self, drafts: list[Draft], own: str) -> dict[str, Any]:
        for draft in drafts:
            for one in draft.refs.get("parent_id", ()):
                target = self._ids.get(one)
                if target is None:
                    self._lost(draft, one)
                elif (key := self._key(ORGANISATION, target.number)) != own:
                    return {"parent": key, "parent_part": draft.part}
        return {}

    def _lost(self, draft: Draft, one: str) -> None:
        why = _("What it refers to is in none of the files.")
        self._problems.tell(draft.part, draft.line, draft.title, one.rpartition(":")[2], why)

    def _single(self, kind: str) -> Iterator[tuple[Settled, list[Conflict]]]:
        """Things that are never the same: opportunities, notes and tasks."""
        for draft in self._drafts:
            if draft.kind != kind:
                continue
            made = Settled(f"{kind}:{draft.number}", kind, draft.title)
            made.values = {name: [text, draft.part] for name, text in draft.values.items()}
            made.members = [[draft.part, draft.line, draft.title]]
            made.refs = self._refers(draft)
            if draft.ids:
                made.refs["id"] = draft.ids[0]
            yield made, []

    def _refers(self, draft: Draft) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for kind in (ORGANISATION, PERSON, OPPORTUNITY):
            if (number := draft.refs.get(kind)) is not None:
                found[kind] = self._key(kind, number)
        for name in ("organisation_id", "person_id", "about_id"):
            for one in draft.refs.get(name, ())[:1]:
                target = self._ids.get(one) or self._other(one)
                if target is None:
                    self._lost(draft, one)
                else:
                    found.setdefault(target.kind, self._key(target.kind, target.number))
        if text := draft.refs.get("product"):
            found["product"] = text
        return found

    def _other(self, one: str) -> Draft | None:
        """An id about anything, where the other system counts each type by itself."""
        system, _kind, number = one.split(":", 2)
        kinds = (OPPORTUNITY, ORGANISATION, PERSON)
        found = (self._ids.get(f"{system}:{kind}:{number}") for kind in kinds)
        return next(filter(None, found), None)

    def _tell_pair(self, kind: str, pair: Pair) -> None:
        sides = []
        for key in (pair.left, pair.right):
            if key.startswith(BASE):
                rows = named(kind).rows(self._actor).filter(pk=int(key.removeprefix(BASE)))
                sides.append([BASE_PART, 0, str(rows.first() or "")])
            else:
                draft = self._drafts[int(key)]
                sides.append([draft.part, draft.line, draft.title])
        self.counts["review"] += 1
        self._write(
            sources.REVIEW,
            {"name": f"{kind}:{pair_name(pair)}", "kind": kind, "sides": sides, "score": pair.score,
             "reasons": self._reasons(kind, [pair]), "same": pair.same},
        )  # fmt: skip


def _is_mention(draft: Draft) -> bool:
    """Whether an organisation is only spoken of: nothing tells it from another of that name."""
    telling = {"customer_number", "vat_id", "register_number"}
    house = any(way["kind"] == "postal" and way["street"] for way in draft.ways)
    return draft.thin or not (draft.ids or telling & draft.values.keys() or house)


def _houses(draft: Draft) -> list[tuple[str, ...]]:
    """The whole name with a house: two that share both are one, also without a postal code."""
    found: list[tuple[str, ...]] = []
    for way in draft.ways:
        if way["kind"] == "postal":
            street, house = street_and_number(way["street"], "")
            place = way["postal_code"] or unaccented(way["town"])
            if street and house:
                found.append((unaccented(draft.values["name"]).strip(), street, house, place))
    return found


def _towns(draft: Draft) -> list[str]:
    return [way["town"] for way in draft.ways if way["kind"] == "postal" and way.get("town")]


def _plain(conflict: Conflict) -> dict[str, Any]:
    return {
        "key": conflict.key, "kind": conflict.kind, "title": conflict.title, "field": conflict.field,
        "values": conflict.values, "chosen": conflict.chosen,
    }  # fmt: skip
