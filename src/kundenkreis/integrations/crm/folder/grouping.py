"""Which drafts are one: pairs that the engine calls the same, and names that somebody mentions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kundenkreis.crm.people.duplicates.names import LEGAL_FORMS, organisation_name, tokens
from kundenkreis.integrations.crm.folder.comparing import BASE, Pair
from kundenkreis.kernel.text import unaccented

_NO_FORM = frozenset({"und", "co", "the", "and", "cie", "as", "sa", "company", "gesellschaft"})


@dataclass(slots=True)
class Groups:
    """Drafts and records of the base that are one, each under its root; and why.

    A group has at most one record of the base: two of them are for the page of duplicates.
    """

    _above: dict[str, str] = field(default_factory=dict)
    _base: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, list[Pair]] = field(default_factory=dict)

    def root(self, one: str) -> str:
        """Under what name one is found."""
        above = self._above.get(one, one)
        while above != self._above.get(above, above):
            above = self._above[above]
        self._above[one] = above
        return above

    def base_of(self, one: str) -> str:
        """The record of the base in its group; "" for none."""
        root = self.root(one)
        return root if root.startswith(BASE) else self._base.get(root, "")

    def join(self, left: str, right: str) -> bool:
        """Make them one; not where both are already records of the base, and different ones."""
        one, other = self.root(left), self.root(right)
        if one == other:
            return True
        base, another = self.base_of(one), self.base_of(other)
        if base and another:
            return False
        # The lowest draft gives its number: a key that stays the same whatever comes to it.
        first, second = sorted((one, other), key=_rank)
        self._above[second] = first
        if base or another:
            self._base[first] = base or another
        self.reasons.setdefault(first, []).extend(self.reasons.pop(second, []))
        return True

    def judge(self, pairs: Iterable[Pair], together: set[str], apart: set[str]) -> list[Pair]:
        """Join what is the same, or what somebody said is; returns the pairs to look at."""
        left_open = []
        for pair in pairs:
            name = pair_name(pair)
            wanted = (pair.same and name not in apart) or name in together
            both = pair.left.startswith(BASE) and pair.right.startswith(BASE)
            if both:
                continue
            if wanted and self.join(pair.left, pair.right):
                self.reasons.setdefault(self.root(pair.left), []).append(pair)
            else:
                left_open.append(pair)
        return [one for one in left_open if self.root(one.left) != self.root(one.right)]


def _rank(key: str) -> tuple[bool, int]:
    return (key.startswith(BASE), int(key.removeprefix(BASE)))


def pair_name(pair: Pair) -> str:
    """What a pair is called in somebody's choice."""
    return "|".join(sorted((pair.left, pair.right), key=_rank))


class Names:
    """Organisations by their names, for those that only mention one."""

    def __init__(self) -> None:
        self._known: dict[str, list[tuple[str, str, str]]] = {}

    def add(self, key: str, name: str, towns: Iterable[str] = ()) -> None:
        """An organisation that there is, and where."""
        said = " ".join(sorted(unaccented(town).strip() for town in towns if town))
        self._known.setdefault(organisation_name(name), []).append(
            (key, unaccented(name).strip(), said)
        )

    def find(self, name: str, town: str, root: Callable[[str], str]) -> str:
        """The one that is meant; "" when none is, or several are. `root`: what a key is part of."""
        wanted = unaccented(town).strip()
        fitting = [
            (key, said)
            for key, said, towns in self._known.get(organisation_name(name), ())
            if agree(said, name) and (not wanted or not towns or wanted in towns)
        ]
        exact = [key for key, said in fitting if said == unaccented(name).strip()]
        found = {root(key): key for key in exact or [key for key, _said in fitting]}
        return next(iter(found.values())) if len(found) == 1 else ""


def agree(one: str, other: str) -> bool:
    """Whether two names may be of one organisation: a GmbH and a KG are not, without a form is."""
    left, right = _forms(one), _forms(other)
    return not left or not right or left == right


def _forms(name: str) -> frozenset[str]:
    return frozenset(tokens(unaccented(name.replace(".", "")))) & LEGAL_FORMS - _NO_FORM
