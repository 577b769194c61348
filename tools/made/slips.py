"""How facts go wrong when somebody types them again."""

from __future__ import annotations

from random import Random

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SPELT_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}


def slip(text: str, dice: Random) -> str:
    """One letter or digit too many, missing, wrong or in its neighbour's place."""
    if len(text) < 3:
        return text
    at = dice.randrange(1, len(text) - 1)
    other = dice.choice("0123456789" if text[at].isdigit() else LETTERS)
    return dice.choice(
        (
            text[:at] + other + text[at:],
            text[:at] + text[at + 1 :],
            text[:at] + other + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        )
    )


def spelt_out(text: str) -> str:
    """Without umlauts, as on an old keyboard."""
    return "".join(SPELT_OUT.get(one, one) for one in text)


def retyped(text: str, dice: Random, slips: float = 0.1) -> str:
    """The same text typed again by somebody else."""
    if dice.random() < 0.15:
        text = spelt_out(text)
    if dice.random() < 0.05:
        text = text.upper()
    return slip(text, dice) if dice.random() < slips else text


def notation(phone: str, dice: Random) -> str:
    """A number 0… in one of the ways in which Germans write it."""
    area, rest = phone[:4], phone[4:]
    return dice.choice(
        (
            phone,
            f"{area}/{rest}",
            f"{area} {rest[:3]} {rest[3:]}",
            f"+49 {area[1:]} {rest}",
            f"0049{area[1:]}{rest}",
            f"+49 (0){area[1:]} {rest}",
            f"({area}) {rest[:2]} {rest[2:]}",
        )
    )
