"""A base of organisations, some of them twice."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tools.made import words
from tools.made.persons import Facts, address, surname
from tools.made.slips import notation, retyped, slip, spelt_out

TWINS = 0.15
CHAIN = 0.04  # another shop of the one before: its name and domain, another place


def organisations(count: int, seed: int = 20261127) -> Iterator[tuple[str, Facts]]:
    """Which organisation each row is, and its facts; about `count` rows."""
    dice = Random(seed)
    before: Facts = {}
    made = which = 0
    while made < count:
        before = _organisation(dice, before, which)
        which, made = which + 1, made + 1
        yield str(which), before
        if dice.random() < TWINS:
            made += 1
            yield str(which), _twin(before, dice)


def _organisation(dice: Random, before: Facts, which: int) -> Facts:
    place = address(dice)
    name = f"{surname(dice)} {dice.choice(words.TRADES)}"
    if dice.random() < 0.2:
        name = f"{name} {place['place']}"
    domain = "-".join(spelt_out(name).lower().split()) + f"{which % 97}.de"
    facts = {
        "name": f"{name} {dice.choice(words.FORMS)}".strip(),
        "website": f"https://www.{domain}" if dice.random() < 0.6 else "",
        "email": _email(dice, domain, name),
        "phone": f"0{dice.choice('1234567')}{dice.randrange(10**8, 10**9)}",
        "customer_number": f"K{500_000 + which}",
        "vat_id": f"DE{100_000_000 + which * 7}" if dice.random() < 0.5 else "",
        **place,
    }
    if before and dice.random() < CHAIN:
        facts |= {key: before[key] for key in ("name", "website", "email")}
    return facts


def _email(dice: Random, domain: str, name: str) -> str:
    chance = dice.random()
    if chance < 0.15:
        return ""
    if chance < 0.65:
        return f"info@{domain}"
    if chance < 0.85:
        return f"{dice.choice(words.FEMALE)}.{dice.choice(words.SURNAMES)}@{domain}".lower()
    return f"{name.split()[0].lower()}{dice.randrange(1000)}@{dice.choice(words.FREE)}"


def _twin(facts: Facts, dice: Random) -> Facts:
    twin = {
        **facts,
        "name": _name(facts["name"], dice),
        "phone": notation(facts["phone"], dice),
        "street": retyped(facts["street"].replace("straße", dice.choice(("straße", "str."))), dice),
        "customer_number": facts["customer_number"] if dice.random() < 0.1 else "",
    }
    if dice.random() < 0.6 and not twin["customer_number"]:
        twin["customer_number"] = f"K{dice.randrange(10**6, 10**7)}"
    if dice.random() < 0.2:
        twin["phone"] = facts["phone"][:-2] + f"{dice.randrange(100):02d}"
    if dice.random() < 0.15:
        twin["phone"] = f"0{dice.choice('1234567')}{dice.randrange(10**8, 10**9)}"
    if dice.random() < 0.1:
        twin |= address(dice)
    if dice.random() < 0.3 and "@" in facts["email"]:
        twin["email"] = f"{dice.choice(words.HANDLES)}@{facts['email'].partition('@')[2]}"
    if dice.random() < 0.1:
        domain = f"{surname(dice).lower()}-gruppe{dice.randrange(1000)}.de"
        twin |= {"website": f"https://{domain}", "email": f"info@{domain}"}
    if dice.random() < 0.04:
        twin["name"] = f"{surname(dice)} {dice.choice(words.TRADES)}"
    if twin["vat_id"] and dice.random() < 0.02:
        twin["vat_id"] = slip(twin["vat_id"], dice)
    for key in ("phone", "street", "email", "website", "vat_id", "house_number", "postcode"):
        if dice.random() < 0.1:
            twin[key] = ""
    return twin


def _name(name: str, dice: Random) -> str:
    parts = name.split()
    chance = dice.random()
    if chance < 0.25:
        return " ".join(part for part in parts if part not in {"GmbH", "&", "Co.", "KG", "AG"})
    if chance < 0.35:
        return f"{name} {dice.choice(words.PLACES)}"
    if chance < 0.43:
        return parts[0] if len(parts[0]) > 4 else name
    if chance < 0.48:
        return f"{parts[0]} & Söhne {' '.join(parts[1:])}"
    if chance < 0.53:
        return " ".join([*parts[1:2], parts[0], *parts[2:]])
    return retyped(name, dice, 0.15)
