"""A base of persons, some of them twice."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tools.made import words
from tools.made.slips import notation, retyped, slip, spelt_out

Facts = dict[str, str]

TWINS = 0.15
HOUSEHOLD = 0.35  # lives with the one before
NAMESAKE = 0.01  # is called as the one before, at another address
SIBLING = 0.003  # was born with the one before
JUNIOR = 0.003  # is the child of the one before and called the same
COMPANY = 0.4  # has an address at a company


def persons(count: int, seed: int = 20261127) -> Iterator[tuple[str, Facts]]:
    """Whom each row is, and its facts; about `count` rows in a random order of their own."""
    dice = Random(seed)
    before: Facts = {}
    made = whom = 0
    while made < count:
        before = _person(dice, before, whom, max(count // 25, 3))
        whom, made = whom + 1, made + 1
        yield str(whom), before
        if dice.random() < TWINS:
            made += 1
            yield str(whom), _twin(before, dice)


def surname(dice: Random) -> str:
    """A frequent one, more often the earlier it stands in the list, or a rare one."""
    if dice.random() < 0.45:
        return words.SURNAMES[int(len(words.SURNAMES) * dice.random() ** 2)]
    return dice.choice(words.BEGINNINGS) + dice.choice(words.ENDINGS)


def address(dice: Random) -> Facts:
    """Street, house number, postal code and place."""
    at = int(len(words.PLACES) * dice.random() ** 2)
    return {
        "street": f"{dice.choice(words.STREETS)}{dice.choice(words.WAYS)}",
        "house_number": f"{1 + int(120 * dice.random() ** 2)}{dice.choice(('', '', '', 'a', 'b'))}",
        "postcode": f"{at * 2 + 1:02d}{dice.randrange(60):03d}",
        "place": words.PLACES[at],
    }


def _person(dice: Random, before: Facts, whom: int, companies: int) -> Facts:
    first = dice.choice(words.FEMALE if dice.random() < 0.5 else words.MALE)
    facts = {
        "first_name": first,
        "last_name": surname(dice),
        "birth_date": f"{1935 + dice.randrange(72)}-{1 + dice.randrange(12):02d}-{1 + dice.randrange(28):02d}",
        "customer_number": f"K{100_000 + whom}",
        "phone": f"0{dice.choice('1234567')}{dice.randrange(10**8, 10**9)}",
        **address(dice),
    }
    chance = dice.random()
    if before and chance < HOUSEHOLD:
        same = ("last_name", "street", "house_number", "postcode", "place", "phone")
        facts |= {key: before[key] for key in same}
        if chance < SIBLING:
            facts["birth_date"] = before["birth_date"]
        elif chance < SIBLING + JUNIOR:
            facts["first_name"] = before["first_name"]
    elif before and chance < HOUSEHOLD + NAMESAKE:
        facts |= {key: before[key] for key in ("first_name", "last_name")}
    company = dice.randrange(companies)
    if dice.random() < COMPANY:
        facts["company"] = f"{words.BEGINNINGS[company % 40]}{company} {words.TRADES[company % 39]}"
        if dice.random() < 0.15:
            facts["phone"] = f"0364{1_000_000 + company}"
    facts["email"] = _email(facts, dice, company)
    return facts


def _email(facts: Facts, dice: Random, company: int) -> str:
    name = spelt_out(f"{facts['first_name']}.{facts['last_name']}").lower()
    chance = dice.random()
    if chance < 0.15:
        return ""
    if "company" in facts and chance < 0.75:
        return f"{name}@firma{company}.de" if chance < 0.65 else f"info@firma{company}.de"
    if chance < 0.6:
        return f"{name}{dice.randrange(1000)}@{dice.choice(words.FREE)}"
    handle = f"{dice.choice(words.HANDLES)}{dice.choice(words.HANDLES)}{dice.randrange(10_000)}"
    return f"{handle}@{dice.choice(words.FREE)}"


def _twin(facts: Facts, dice: Random) -> Facts:
    """The same person, entered again by somebody else at another time."""
    twin = {
        **facts,
        "first_name": _first_name(facts["first_name"], dice),
        "last_name": retyped(facts["last_name"], dice),
        "birth_date": _birth_date(facts["birth_date"], dice),
        "customer_number": facts["customer_number"] if dice.random() < 0.1 else "",
        "phone": notation(facts["phone"], dice),
        "street": retyped(facts["street"].replace("straße", dice.choice(("straße", "str."))), dice),
    }
    if dice.random() < 0.6 and not twin["customer_number"]:
        twin["customer_number"] = f"K{dice.randrange(10**6, 10**7)}"
    if dice.random() < 0.03:
        twin["first_name"], twin["last_name"] = twin["last_name"], twin["first_name"]
    if dice.random() < 0.04:
        twin["last_name"] = dice.choice((surname(dice), f"{facts['last_name']}-{surname(dice)}"))
    if dice.random() < 0.15:
        twin |= address(dice)
    if dice.random() < 0.35:
        twin["phone"] = f"0{dice.choice('1234567')}{dice.randrange(10**8, 10**9)}"
    chance = dice.random()
    if chance < 0.4:
        twin["email"] = "" if chance < 0.1 else _email(twin, dice, dice.randrange(10**6))
    elif chance < 0.44:
        twin["email"] = slip(facts["email"], dice)
    if "company" in facts and dice.random() < 0.25:
        twin["company"] = f"{dice.choice(words.BEGINNINGS)}er {dice.choice(words.TRADES)}"
    for key in ("birth_date", "phone", "street", "first_name", "postcode"):
        if dice.random() < 0.06:
            twin[key] = ""
    return twin


def _first_name(name: str, dice: Random) -> str:
    chance = dice.random()
    if chance < 0.04:
        return f"{name[0]}."
    if chance < 0.09:
        return f"{name} {dice.choice(words.FEMALE + words.MALE)}"
    if chance < 0.14:
        return SHORT.get(name, name)
    return retyped(name, dice)


def _birth_date(text: str, dice: Random) -> str:
    year, month, day = text.split("-")
    chance = dice.random()
    if chance < 0.02:
        return f"{year}-{day}-{month}" if int(day) <= 12 else text
    if chance < 0.05:
        return f"{year}-{month}-{1 + dice.randrange(28):02d}"
    if chance < 0.08:
        return f"{int(year) + dice.choice((-1, 1, 10, -10))}-{month}-{day}"
    return f"{day}.{month}.{year}" if chance < 0.5 else text


SHORT = {
    "Elisabeth": "Lisa", "Katharina": "Käthe", "Michael": "Michi", "Thomas": "Tom",
    "Alexander": "Alex", "Andreas": "Andi", "Susanne": "Susi", "Gabriele": "Gabi",
    "Maximilian": "Max", "Johannes": "Hannes", "Ulrich": "Uli", "Stefanie": "Steffi",
    "Tobias": "Tobi", "Sebastian": "Basti", "Joachim": "Achim", "Martina": "Tina",
    "Friedrich": "Fritz", "Matthias": "Matze", "Philipp": "Phil", "Ursula": "Uschi",
}  # fmt: skip
