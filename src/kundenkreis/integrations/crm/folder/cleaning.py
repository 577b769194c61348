"""A row of any file becomes drafts: who it is of, how to reach them, what it refers to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.people.duplicates.addresses import is_role
from kundenkreis.integrations.crm.folder import cells, personal
from kundenkreis.integrations.crm.folder.drafts import (
    ACTIVITY,
    OPPORTUNITY,
    ORGANISATION,
    PERSON,
    PRODUCT,
    Draft,
    Writer,
)
from kundenkreis.integrations.crm.folder.problems import Problems
from kundenkreis.integrations.crm.folder.targets import IGNORE, POSTAL, label_of
from kundenkreis.records.exchange.notation import Notation

# As long as the columns are that hold it.
LONGEST = {
    "salutation": 20, "title": 40, "first_name": 80, "name_prefix": 40, "last_name": 80, "name_suffix": 40,
    "profession": 80, "name": 160, "legal_form": 40, "register_number": 40, "industry": 80,
    "customer_number": 40, "sku": 60, "series": 80,
}  # fmt: skip
_TRUE = frozenset({"true", "1", "yes", "ja", "wahr", "x"})
_DONE = frozenset({"completed", "done", "erledigt", "abgeschlossen", "closed"})
NAMES = ("title", "first_name", "name_prefix", "last_name", "name_suffix")
FIRST_CREDITOR, ACCOUNT_DIGITS = "7", 5  # DATEV: debtors are 1…–6…, creditors 7…–9…


class Row:
    """What one row says, by target; complaints go to the report."""

    def __init__(self, cleaner: Cleaner, line: int, said: dict[str, list[Any]]) -> None:
        self._cleaner, self.line, self._said = cleaner, line, said

    def raw(self, target: str) -> list[Any]:
        return self._said.get(target, [])

    def text(self, target: str) -> str:
        """The first cell that says something."""
        return next((text for cell in self.raw(target) if (text := cells.line(cell))), "")

    def lines(self, target: str) -> str:
        """All that the cells say, as they say it."""
        return "\n".join(text for cell in self.raw(target) if (text := cells.clean(cell)))

    def read(self, target: str, make: Callable[[str], Any]) -> Any:
        """A cell made into something; "" for one that cannot be, which is told."""
        text = self.text(target)
        try:
            return make(text) if text else ""
        except cells.Unusable as error:
            self.tell(label_of(target), text, str(error))
            return ""

    def each(self, target: str, make: Callable[[str], Any]) -> list[Any]:
        """The same of every cell."""
        found = []
        for cell in self.raw(target):
            if text := cells.line(cell):
                try:
                    found.append(make(text))
                except cells.Unusable as error:
                    self.tell(label_of(target), text, str(error))
        return found

    def tell(self, what: str, value: str, why: str) -> None:
        self._cleaner.problems.tell(self._cleaner.part, self.line, what, value, why)

    def draft(self, kind: str) -> Draft:
        return Draft(kind, self._cleaner.part, self.line)


class Cleaner:
    """Makes drafts of the rows of one file."""

    def __init__(
        self,
        part: int,
        file: dict[str, Any],
        notation: Notation,
        writer: Writer,
        problems: Problems,
    ) -> None:
        self.part, self.problems, self._writer = part, problems, writer
        self.notation = notation
        self._what, self._system, self._only = file["what"], file["system"], file.get("only", "")
        self._typed = bool(file.get("typed"))
        self._columns = [
            (at, target) for at, target in enumerate(file["columns"]) if target not in ("", IGNORE)
        ]
        self._handle: Callable[[Row], None] = {
            "persons": self._people, "organisations": self._people, "leads": self._lead,
            "opportunities": self._opportunity, "products": self._product, "tasks": self._task,
            "notes": self._note, "attachments": self._attachment,
        }.get(self._what, self._nothing)  # fmt: skip

    def take(self, line: int, row: list[Any]) -> None:
        """Make the drafts of one row."""
        said: dict[str, list[Any]] = {}
        for at, target in self._columns:
            if at < len(row):
                said.setdefault(target, []).append(row[at])
        self._handle(Row(self, line, said))

    def _nothing(self, row: Row) -> None:
        """Such files hold nothing that is kept here."""

    # People and where they work

    def _people(self, row: Row, status: str = "") -> None:
        number = row.text("number")[: LONGEST["customer_number"]]
        if self._only == "debtors" and _is_creditor(number):
            row.tell(_("Account"), number, _("This is a supplier, not a customer."))
            return
        organisation, person = self._organisation(row), self._person(row)
        if person is None and organisation is None:
            value = row.text("person.email") or row.text("email") or row.text("phone") or number
            if value or any(row.text(target) for _at, target in self._columns):
                row.tell(_("Row"), value, _("Nothing says who this is: there is no name."))
            return
        self._ways(row, organisation, person)
        main = person if self._what in ("persons", "leads") and person else organisation or person
        assert main is not None  # noqa: S101 - one of them is there
        if number:
            (organisation or main).values["customer_number"] = number
        if found := row.text("id"):
            main.ids.append(self._id(main.kind, found))
        changed = row.read("changed_at", lambda text: cells.day(text, self.notation))
        refers = [self._id(ORGANISATION, one) for one in _split(row.text("company_id"))]
        if organisation is not None:
            organisation.changed = changed
            if parent := row.text("parent_id"):
                organisation.refs["parent_id"] = [self._id(ORGANISATION, parent)]
            organisation.thin = not (
                organisation.ways or organisation.ids or set(organisation.values) - {"name"}
            )
            if refers and person is not None and organisation.thin:
                organisation = None  # the id says who is meant, the name only repeats it
        if organisation is not None:
            self._writer.add(organisation)
        if person is not None:
            person.changed = changed
            self._works(row, person, organisation, refers)
            self._writer.add(person)
        self._remark(row, main, status)

    def _works(
        self, row: Row, person: Draft, organisation: Draft | None, refers: list[str]
    ) -> None:
        if organisation is not None:
            person.refs["organisation"] = organisation.number
        if refers:
            person.refs["organisation_id"] = refers
        if function := row.text("function")[:80]:
            person.values["function"] = function

    def _organisation(self, row: Row) -> Draft | None:
        name = " ".join(filter(None, [row.text("company"), row.text("company_extra")]))
        if not name:
            return None
        draft, notation = row.draft(ORGANISATION), self.notation
        values = {
            "name": name,
            "legal_form": row.text("legal_form"),
            "register_number": row.text("register_number"),
            "industry": row.text("industry"),
            "employees": row.read("employees", lambda text: cells.whole(text, notation)),
            "founded": row.read("founded", cells.year),
            "website": row.read("website", cells.website),
            "revenue": row.read("revenue", lambda text: cells.amount(text, notation)),
            "vat_id": row.read("vat_id", lambda text: cells.vat_id(_whole_vat(row, text))),
        }
        draft.values = _short(values)
        return draft

    def _person(self, row: Row) -> Draft | None:
        values = {name: row.text(name) for name in NAMES}
        if middle := row.text("middle_name"):
            values["first_name"] = f"{values['first_name']} {middle}".strip()
        if not values["last_name"] and (whole := row.text("full_name")):
            values |= personal.parted(whole) | {n: v for n, v in values.items() if v}
        elif values["last_name"] and not values["first_name"] and " " in values["last_name"]:
            values |= personal.parted(values["last_name"])
        said = personal.addressed(row.text("salutation"))
        values["salutation"] = said.get("salutation", "") or values.get("salutation", "")
        if said.get("title") and not values["title"]:
            values["title"] = said["title"]
        if not values["first_name"] and not values["last_name"]:
            return None
        draft = row.draft(PERSON)
        born = row.read("birth_date", lambda text: cells.birth_day(text, self.notation))
        more = {
            "birth_date": born,
            "profession": row.text("profession"),
            "language": _language(row),
        }
        draft.values = _short(values | more)
        return draft

    def _ways(self, row: Row, organisation: Draft | None, person: Draft | None) -> None:
        """Whose an address is: what the column says, else what is usual in lists of firms."""
        firm = organisation or person
        who = person or organisation
        listed = organisation if self._what == "organisations" and organisation else who
        for target, holder in (("person.email", who), ("company.email", firm), ("email", None)):
            for found in row.each(target, cells.emails):
                for one in found:
                    shared = organisation if is_role(one.casefold()) else None
                    _way(holder or shared or who, "email", one)
        for target, holder, use in (
            ("person.phone", who, ""), ("company.phone", firm, ""), ("phone", listed, ""),
            ("mobile", who, "mobile"), ("person.mobile", who, "mobile"),
            ("private.phone", who, "home"), ("private.mobile", who, "home"), ("fax", firm, "fax"),
        ):  # fmt: skip
            for found in row.each(target, cells.numbers):
                for one in found:
                    _way(holder, "phone", one, use)
        for prefix, holder, use in (
            ("", firm, ""), ("company.", firm, ""), ("person.", who, ""), ("private.", who, "home"),
        ):  # fmt: skip
            said = {name: row.text(f"{prefix}{name}") for name in POSTAL}
            if parts := cells.postal(said):
                _way(holder, "postal", "", use, parts)
        if organisation is None and (page := row.read("website", cells.website)):
            _way(who, "handle", page)

    def _remark(self, row: Row, about: Draft, status: str) -> None:
        text = "\n".join(filter(None, [status, row.lines("note")]))
        if text:
            note = row.draft(ACTIVITY)
            note.values = {"kind": "note", "text": text[:5000]}
            note.refs = {about.kind: about.number}
            self._writer.add(note)

    def _lead(self, row: Row) -> None:
        if row.text("converted").casefold() in _TRUE:
            name = f"{row.text('first_name')} {row.text('last_name')}".strip()
            row.tell(_("Lead"), name, _("It was converted; whom it became is taken over instead."))
            return
        said = [text for name in ("status", "rating") if (text := row.text(name))]
        self._people(row, f"Lead: {', '.join(said)}" if said else "Lead")

    # What belongs to them

    def _opportunity(self, row: Row) -> None:
        draft, notation = row.draft(OPPORTUNITY), self.notation
        draft.values = _filled({
            "title": row.text("subject")[:160],
            "stage": row.text("stage"),
            "won": row.text("won").casefold(),
            "closed": row.text("closed").casefold(),
            "amount": self._amount(row),
            "currency": row.text("currency")[:3].upper(),
            "opened_on": row.read("created_at", lambda text: cells.day(text, notation)),
            "close_date": row.read("close_date", lambda text: cells.day(text, notation)),
        })  # fmt: skip
        self._refer(row, draft)
        product, company = row.text("product"), row.text("company")
        draft.refs |= {"product": product} if product else {}
        if not draft.values.get("title"):
            draft.values["title"] = " – ".join(filter(None, [product, company])) or row.text("id")
        if company and "organisation_id" not in draft.refs:
            firm = row.draft(ORGANISATION)
            firm.values, firm.thin = {"name": company}, True
            draft.refs["organisation"] = self._writer.add(firm)
        if not draft.values.get("title"):
            row.tell(_("Row"), "", _("An opportunity needs a title."))
            return
        self._writer.add(draft)
        self._remark(row, draft, "")

    def _product(self, row: Row) -> None:
        draft = row.draft(PRODUCT)
        sku, name = row.text("sku"), row.text("subject")
        draft.values = _short({
            "sku": sku or name, "name": name or sku, "series": row.text("series"), "price": self._amount(row),
        })  # fmt: skip
        if not draft.values.get("sku"):
            row.tell(_("Row"), "", _("A product needs a name or an article number."))
            return
        draft.ids = [self._id(PRODUCT, row.text("id"))] if row.text("id") else []
        self._writer.add(draft)

    def _task(self, row: Row) -> None:
        done = row.text("closed").casefold() in _TRUE or row.text("status").casefold() in _DONE
        due = row.read("due_date", lambda text: cells.day(text, self.notation))
        self._activity(row, {"kind": "task", "due_on": due, "done": "1" if done else ""})

    def _note(self, row: Row) -> None:
        at = row.read("created_at", lambda text: cells.day(text, self.notation))
        self._activity(row, {"kind": "note", "at": at})

    def _activity(self, row: Row, values: dict[str, str]) -> None:
        draft = row.draft(ACTIVITY)
        text = "\n".join(filter(None, [row.text("subject"), row.lines("note")]))
        if not text:
            row.tell(_("Row"), "", _("It says nothing."))
            return
        draft.values = _filled({**values, "text": text[:5000]})
        self._refer(row, draft)
        self._writer.add(draft)

    def _attachment(self, row: Row) -> None:
        why = _("Files are not kept here yet; keep the folder they are in.")
        row.tell(_("Attachment"), row.text("subject"), why)

    def _refer(self, row: Row, draft: Draft) -> None:
        for target, kind in (("company_id", ORGANISATION), ("person_id", PERSON), ("about_id", "")):
            if ids := _split(row.text(target)):
                name = f"{kind or 'about'}_id"
                draft.refs[name] = [self._id(kind or OPPORTUNITY, one) for one in ids]
        if found := row.text("id"):
            draft.ids.append(self._id(draft.kind, found))

    def _amount(self, row: Row) -> str:
        try:
            return next((cells.amount(one, self.notation) for one in row.raw("amount") if one), "")
        except cells.Unusable as error:
            row.tell(_("Amount"), row.text("amount"), str(error))
            return ""

    def _id(self, kind: str, text: str) -> str:
        """An id among those of all files of one system."""
        if len(text) == 18 and text.isalnum():
            text = text[:15]  # Salesforce writes the same id in two lengths
        return f"{self._system}:{kind if self._typed else ''}:{text}"


def _way(holder: Draft | None, kind: str, value: str, use: str = "", parts: Any = None) -> None:
    """Note how to reach somebody; `use` says where it rings: mobile, home or fax."""
    label = {"mobile": _("Mobile"), "home": _("Private"), "fax": _("Fax")}.get(use, "")
    found = {"kind": kind, "value": value, "label": label, "use": use, **(parts or {})}
    if holder is not None and found not in holder.ways:
        holder.ways.append(found)


def _filled(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _short(values: dict[str, str]) -> dict[str, str]:
    return _filled({name: value[: LONGEST.get(name, 200)] for name, value in values.items()})


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.split(";") if one.strip()]


def _is_creditor(number: str) -> bool:
    return number.isdigit() and len(number) >= ACCOUNT_DIGITS and number[0] >= FIRST_CREDITOR


def _whole_vat(row: Row, text: str) -> str:
    country = row.text("vat_country").upper()
    return text if text[:2].isalpha() or not country else f"{country}{text}"


def _language(row: Row) -> str:
    text = row.text("language").casefold()
    known = {"deutsch": "de", "german": "de", "englisch": "en", "english": "en", "french": "fr"}
    code = known.get(text, text[:2])
    return code if code in ("de", "en", "fr", "it", "nl", "pl", "cs", "es", "da", "tr") else ""
