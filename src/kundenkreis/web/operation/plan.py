"""What follows from the answers to the check-list: each change in words, and the command that makes it.

Only what differs from what is there is a change, so the check-list can be gone through again and
again. Nothing is ever deleted: what is not needed any more is hidden, or stays for staff to remove.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from kundenkreis.crm.accounts import shipped as roles
from kundenkreis.crm.accounts.commands import change_settings
from kundenkreis.crm.accounts.company_commands import keep_company, offer_role
from kundenkreis.crm.accounts.company_queries import CONSUMERS, company, unused
from kundenkreis.crm.accounts.models import User
from kundenkreis.crm.accounts.queries import roles as roles_of
from kundenkreis.crm.sales import shipped as sales
from kundenkreis.crm.sales.commands import add_pipeline
from kundenkreis.crm.sales.queries import pipelines
from kundenkreis.engage.consent import shipped as consent
from kundenkreis.engage.consent.commands import offer_purpose
from kundenkreis.engage.consent.queries import purposes
from kundenkreis.kernel.access import Actor
from kundenkreis.records import registry
from kundenkreis.records.custom.defining import create_field
from kundenkreis.records.custom.definitions import in_use
from kundenkreis.web.operation.questions import APART
from kundenkreis.web.operation.sectors import INTEREST, SECTORS
from kundenkreis.web.shell.navigation import entries, needed_by

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One consequence, as the preview says it; `make` is a command with everything it needs."""

    icon: str
    text: str
    make: Callable[[], object]


def changes(actor: Actor, user: User, answers: Answers) -> list[Change]:
    """What is not yet as the answers want it, in the order in which it is made."""
    return [
        *_purposes(actor, answers),
        *_pipelines(actor, answers),
        *_roles(actor, answers),
        *_fields(actor, answers),
        *_language(actor, user, answers),
        *_company(actor, answers),
    ]


def _purposes(actor: Actor, answers: Answers) -> Iterator[Change]:
    known = set(purposes(actor).values_list("slug", flat=True))
    for one in consent.OFFERED:
        if one["slug"] in answers["bases"] and one["slug"] not in known:
            text = _("New purpose: %s") % _said(one["label"])
            yield Change("scale", text, partial(offer_purpose, actor=actor, slug=one["slug"]))


def _pipelines(actor: Actor, answers: Answers) -> Iterator[Change]:
    known = {one.slug for one in pipelines(actor)}
    for slug, one in sales.PIPELINES.items():
        if "sales" in answers["parts"] and slug in answers["pipelines"] and slug not in known:
            stages = ", ".join(_said(label) for _slug, label, _kind, _chance in one.stages)
            text = _("New pipeline “%(name)s”: %(stages)s") % {
                "name": _said(one.label),
                "stages": stages,
            }
            yield Change("square-kanban", text, partial(add_pipeline, actor=actor, slug=slug))


def _roles(actor: Actor, answers: Answers) -> Iterator[Change]:
    known = {one.slug for one in roles_of(actor)} if answers["size"] == "many" else set()
    for slug, one in roles.OFFERED.items():
        if answers["size"] == "many" and slug not in known:
            text = _("New role: %s") % _said({"de": one.de, "en": one.en})
            yield Change("shield-check", text, partial(offer_role, actor=actor, slug=slug))


def _fields(actor: Actor, answers: Answers) -> Iterator[Change]:
    choices = SECTORS.get(answers["sector"])
    if choices is None:
        return
    kind = registry.named("person" if answers["customers"] == CONSUMERS else "organisation")
    if any(one.label == INTEREST for one in in_use(kind.model)):
        return
    options = {"choices": [{"value": value, "label": label} for value, label in choices.items()]}
    text = _("New field “%(name)s” of %(type)s: %(choices)s") % {
        "name": _said(INTEREST),
        "type": kind.title,
        "choices": ", ".join(map(_said, choices.values())),
    }
    make = partial(
        create_field, actor=actor, kind=kind, type="choices", label=INTEREST, options=options
    )
    yield Change("text-cursor-input", text, make)


def _language(actor: Actor, user: User, answers: Answers) -> Iterator[Change]:
    if answers["language"] != user.language:
        with override(answers["language"]):
            name = _("German") if answers["language"] == "de" else _("English")
        make = partial(change_settings, actor=actor, user_id=user.pk, language=answers["language"])
        yield Change("languages", _("Your pages are in this language: %s") % name, make)


def _company(actor: Actor, answers: Answers) -> Iterator[Change]:
    now = company(actor)
    before, after = unused(now.answers), unused(answers)
    kept = {name: value for name, value in answers.items() if name not in APART}
    name, officer = answers["name"], answers["officer"]
    if (now.name, now.officer, now.answers) == (name, officer, kept):
        return
    make = partial(keep_company, actor=actor, name=name, officer=officer, answers=kept)
    said = []
    if hidden := _pages(after - before, after):
        said.append(Change("eye-off", _("Hidden in the menu: %s") % hidden, make))
    if shown := _pages(before - after, before):
        said.append(Change("eye", _("In the menu again: %s") % shown, make))
    if name != now.name:
        said.append(Change("building-2", _("Name of the company: %s") % (name or "–"), make))
    if officer != now.officer:
        text = _("Data protection officer in the record of processing activities: %s")
        said.append(Change("scroll-text", text % (officer or "–"), make))
    yield from said or [Change("list-checks", _("Your answers are kept."), make)]


def _pages(parts: frozenset[str], left_out: frozenset[str]) -> str:
    """The names of the pages that come or go with these parts."""
    found = []
    for entry in entries():
        needs = needed_by(entry.under or entry.url)
        if needs & parts and not needs - left_out:
            found.append(str(entry.label))
    return ", ".join(found)


def _said(label: Mapping[str, str]) -> str:
    return label.get(get_language() or "de") or label["en"]
