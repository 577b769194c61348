"""Products, opportunities, tasks and notes are written, with whom they are about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.crm.sales.commands import ship_pipeline
from kundenkreis.crm.sales.models import Opportunity, Stage
from kundenkreis.crm.work.commands import add_activity, finish_task
from kundenkreis.integrations.crm.folder import sources
from kundenkreis.integrations.crm.folder.drafts import OPPORTUNITY, ORGANISATION, PERSON, PRODUCT
from kundenkreis.integrations.crm.folder.outcome import Outcome
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.commands import command
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.money import CURRENCY, to_minor
from kundenkreis.kernel.text import unaccented
from kundenkreis.records import named, write
from kundenkreis.records.models import Transfer

Record = dict[str, Any]
_WON = ("won", "gewonnen", "gagne")
_LOST = ("lost", "verloren", "perdu")


class ThingsWriter:
    """Writes what belongs to people and organisations, some of one kind at a time."""

    def __init__(
        self, transfer: Transfer, actor: Actor, pk_of: Callable[[str], int | None]
    ) -> None:
        self._transfer, self._actor, self._pk_of = transfer, actor, pk_of
        names = sources.names(transfer)
        self._actors = {part: actor.through(sources.via(name)) for part, name in enumerate(names)}
        self._products: dict[str, Any] = {}

    def write(self, some: list[Record]) -> list[Outcome]:
        """Write records of one kind; what became of each."""
        kind = some[0]["kind"]
        if kind == PRODUCT:
            return [self._product(record) for record in some]
        if kind == OPPORTUNITY:
            return self._opportunities(some)
        return [self._activity(record) for record in some]

    def _by(self, record: Record) -> Actor:
        return self._actors.get(record["members"][0][0], self._actor)

    def _product(self, record: Record) -> Outcome:
        values = {name: text for name, (text, _part) in record["values"].items()}
        rows = named(PRODUCT).rows(self._actor)
        known = (
            rows.filter(sku__iexact=values["sku"]).first()
            or rows.filter(name=values["name"]).first()
        )
        if known is not None:
            return Outcome("unchanged", known.pk)
        if price := values.pop("price", ""):
            values["price"] = Decimal(price)
        return _tried(record, lambda: write.create(named(PRODUCT), self._by(record), values))

    def _opportunities(self, some: list[Record]) -> list[Outcome]:
        ids = {
            record["key"]: record["refs"]["id"][:80] for record in some if "id" in record["refs"]
        }
        held = store.rows(Opportunity).filter(external_id__in=ids.values())
        known = dict(held.values_list("external_id", "pk"))
        outcomes = []
        for record in some:
            external = ids.get(record["key"])
            if external in known:
                outcomes.append(Outcome("unchanged", known[external]))
                continue
            values, by = self._opportunity(record, external), self._by(record)
            make = partial(take_over_opportunity, actor=by, values=values)
            outcomes.append(_tried(record, make))
        return outcomes

    def _opportunity(self, record: Record, external: str | None) -> dict[str, Any]:
        said = {name: text for name, (text, _part) in record["values"].items()}
        currency = said.get("currency") or CURRENCY
        amount = said.get("amount")
        stage = self._stage(said)
        closing = date.fromisoformat(said["close_date"]) if "close_date" in said else None
        is_open = stage.kind == Stage.Kind.OPEN
        return {
            "title": said["title"],
            "stage": stage,
            "organisation": self._row(ORGANISATION, record),
            "person": self._row(PERSON, record),
            "product": self._named_product(record["refs"].get("product", "")),
            "value_minor": to_minor(Decimal(amount), currency) if amount else None,
            "currency": currency,
            "opened_on": date.fromisoformat(said["opened_on"]) if "opened_on" in said else None,
            "expected_on": closing if is_open else None,
            "closed_on": None if is_open else closing or clock.now().date(),
            "lost_reason": said.get("stage", "")[:160] if stage.kind == Stage.Kind.LOST else "",
            "source": str(self._transfer.asked["source"])[:80],
            "external_id": external,
        }

    def _stage(self, said: dict[str, str]) -> Stage:
        """The stage of that name, else the first that is as open or closed as that one was."""
        first = ship_pipeline(actor=self._actor.through("import"))
        stages = list(store.rows(Stage).filter(pipeline=first).order_by("position", "pk"))
        word = unaccented(said.get("stage", ""))
        for stage in stages:
            names = {unaccented(text) for text in stage.label.values()} | {stage.slug}
            if word in names:
                return stage
        closed = said.get("closed") in ("true", "1")
        won = said.get("won") in ("true", "1") or any(one in word for one in _WON)
        lost = any(one in word for one in _LOST) or (closed and not won)
        kind = Stage.Kind.WON if won else Stage.Kind.LOST if lost else Stage.Kind.OPEN
        return next(stage for stage in stages if stage.kind == kind)

    def _named_product(self, text: str) -> Any:
        if not text:
            return None
        same = "".join(text.casefold().split())
        if same not in self._products:
            rows = named(PRODUCT).rows(self._actor)
            for product in rows:
                for name in (product.sku, product.name):
                    self._products.setdefault("".join(name.casefold().split()), product)
        return self._products.get(same)

    def _row(self, kind: str, record: Record) -> Any:
        pk = self._pk_of(record["refs"].get(kind, ""))
        return named(kind).rows(self._actor).filter(pk=pk).first() if pk else None

    def _activity(self, record: Record) -> Outcome:
        said = {name: text for name, (text, _part) in record["values"].items()}
        about = next(
            (
                row
                for kind in (OPPORTUNITY, PERSON, ORGANISATION)
                if (row := self._row(kind, record))
            ),
            None,
        )
        if about is None:
            members = record["members"][0]
            why = _("Whom it is about was not taken over.")
            return Outcome("failed", None, [(members[0], members[1], said["text"][:80], "", why)])
        at = (
            datetime.combine(date.fromisoformat(said["at"]), time(12), UTC)
            if "at" in said
            else None
        )
        due = date.fromisoformat(said["due_on"]) if "due_on" in said else None

        def make() -> Any:
            activity = add_activity(
                actor=self._by(record), text=said["text"], kind=said["kind"], about=about, at=at, due_on=due,
                person=self._row(PERSON, record), organisation=self._row(ORGANISATION, record),
            )  # fmt: skip
            if said.get("done"):
                finish_task(actor=self._by(record), activity_id=activity.pk)
            return activity

        return _tried(record, make)


@command
def take_over_opportunity(*, actor: Actor, values: dict[str, Any]) -> Opportunity:
    """Keep an opportunity of another system in the stage it is in there, also a closed one."""
    actor.require("crm.opportunity.create")
    derived = {"owner_id": actor.user_id}
    since = values["closed_on"] or values["opened_on"]
    moved = datetime.combine(since, time(12), UTC) if since else clock.now()
    given = {name: value for name, value in values.items() if value is not None}
    made = store.create(actor, Opportunity, derived=derived, stage_since=moved, **given)
    actor.require_for("crm.opportunity.create", made)
    return made


def _tried(record: Record, do: Callable[[], Any]) -> Outcome:
    """What was made, or why not; then nothing of it is left."""
    try:
        with store.group(sources.SIDE):
            return Outcome("created", do().pk)
    except DomainError as error:
        part, line, title = record["members"][0]
        return Outcome("failed", None, [(part, line, title, "", str(error))])
