"""How people are written to: the first line of a letter, by language and form of address."""

from __future__ import annotations

from kundenkreis.crm.people.models import Person

# Salutations as people type them, in any of our languages: female, male.
_FEMALE = frozenset({"frau", "fr", "ms", "mrs", "miss", "madame", "mme", "signora", "mevrouw"})
_MALE = frozenset({"herr", "hr", "herrn", "mr", "monsieur", "signor", "meneer"})


def letter_salutation(person: Person, language: str = "") -> str:
    """ "Sehr geehrte Frau Dr. von Berg", "Liebe Anna", "Dear Mr Kern": without a comma.

    `language` is by default the person's, else German. Whoever's salutation does not tell a gender
    is greeted by their whole name; without any name, it is the company that is greeted.
    """
    german = (language or person.language or "de") == "de"
    first, last = person.first_name, _last_name(person)
    informal = person.form_of_address == Person.Address.INFORMAL
    word = person.salutation.strip().rstrip(".").casefold()
    gender = "f" if word in _FEMALE else "m" if word in _MALE else ""
    if informal and first:
        return _informal(german, gender, first)
    if gender and last:
        return _formal(german, gender, last)
    if not person.full_name:
        return "Sehr geehrte Damen und Herren" if german else "Dear Sir or Madam"
    return f"{'Guten Tag' if german else 'Dear'} {person.full_name}"


def _informal(german: bool, gender: str, first: str) -> str:
    if not german:
        return f"Dear {first}"
    return {"f": f"Liebe {first}", "m": f"Lieber {first}"}.get(gender, f"Hallo {first}")


def _formal(german: bool, gender: str, last: str) -> str:
    if german:
        return f"Sehr geehrte Frau {last}" if gender == "f" else f"Sehr geehrter Herr {last}"
    return f"Dear {'Ms' if gender == 'f' else 'Mr'} {last}"


def _last_name(person: Person) -> str:
    if not person.last_name:
        return ""
    parts = (person.title, person.name_prefix, person.last_name)
    return " ".join(part for part in parts if part)
