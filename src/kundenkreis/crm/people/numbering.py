"""Giving customers their numbers, on request or as soon as they are customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kundenkreis.crm.people.models import NumberRange, Organisation, Person
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor, subject_of, system
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import AT_THE_END, EVERYTHING, Unit

Holder = Person | Organisation
KINDS: dict[str, type[Person] | type[Organisation]] = {
    NumberRange.Of.PERSON: Person,
    NumberRange.Of.ORGANISATION: Organisation,
}
# Stretches of numbers that are looked through, each longer than the one before: somebody may have
# brought thousands of customers with numbers of their own.
TRIES, FIRST, LONGEST = 100, 50, 10_000


@command
def give_customer_number(*, actor: Actor, holder: Holder) -> str:
    """Give somebody the next customer number of the range; returns it.

    Raises `NotAllowed`, and `DomainError` for who has one, or where no range is set up.
    """
    subject = subject_of(type(holder))
    locked = store.lock(type(holder), holder.pk)
    actor.require_for(f"{subject}.change", locked)
    if not actor.sets(subject, "customer_number"):
        raise DomainError(_("You may not give customer numbers."))
    if locked.customer_number:
        raise DomainError(
            _("They have the customer number %s already.") % locked.customer_number,
            field="customer_number",
        )
    found = _range_for(type(holder))
    if found is None:
        raise DomainError(
            _("There is no number range yet."),
            hint=_("Set one up under “Number ranges”, or enter the number by hand."),
        )
    number = next(iter(_take(found, type(holder), 1)), "")
    if not number:
        raise DomainError(
            _("The next numbers of the range are all taken."),
            hint=_("Let it go on behind the last number that is in use."),
        )
    store.change(actor, locked, customer_number=number)
    return number


def number_customers(unit: Unit) -> None:
    """Give a number to whoever became a customer in this transaction, where a range says so."""
    if unit.side is not Side.CRM or unit.trial:
        return
    for model, names in ((Person, {"is_customer", *EVERYTHING}), (Organisation, {*EVERYTHING})):
        touched = [pk for pk, changed in unit.touched.get(model, {}).items() if changed & names]
        found = _range_for(model) if touched else None
        if found is None or not found.automatic:
            continue
        holders: QuerySet[Any] = store.rows(model)
        rows = holders.filter(pk__among=touched, customer_number=None)
        if model is Person:
            rows = rows.filter(is_customer=True)
        new = list(rows.order_by("pk"))
        # Whoever finds no number does without: nobody's order waits for that.
        for holder, number in zip(new, _take(found, model, len(new)), strict=False):
            store.change(system("numbering"), holder, customer_number=number)


def _range_for(model: type[Holder]) -> NumberRange | None:
    of = next(name for name, kind in KINDS.items() if kind is model)
    return store.rows(NumberRange).filter(of=of).first()


def _take(found: NumberRange, model: type[Holder], count: int) -> Sequence[str]:
    """Numbers nobody has, one after the other; the range goes on behind them. Fewer if the next
    ones are all taken."""
    if not count:
        return ()
    locked = store.lock(NumberRange, found.pk)
    taken: list[str] = []
    ahead, size = locked.next_number, max(count, FIRST)
    for _try in range(TRIES):
        wanted = [locked.written(ahead + step) for step in range(size)]
        there = store.rows(model).filter(customer_number__among=wanted)
        known = set(there.values_list("customer_number", flat=True))
        for number in wanted:
            if len(taken) == count:
                break
            ahead += 1
            if number not in known:
                taken.append(number)
        if len(taken) == count:
            break
        size = min(2 * size, LONGEST)
    store.change(system("numbering"), locked, next_number=ahead)
    return taken


# First of all: what is found and compared by the number comes after it.
AT_THE_END.insert(0, number_customers)
