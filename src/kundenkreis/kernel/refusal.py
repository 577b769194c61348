"""What people are told when a right is missing: in words of the product, never by the right's code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# What stands for `%(do)s` in the sentences below; an action without a word of its own is "use".
VERBS: dict[str, StrOrPromise] = {
    "read": pgettext_lazy("you may not", "see"),
    "create": pgettext_lazy("you may not", "create"),
    "change": pgettext_lazy("you may not", "change"),
    "remove": pgettext_lazy("you may not", "delete"),
    "import": pgettext_lazy("you may not", "import"),
    "export": pgettext_lazy("you may not", "export"),
    "share": pgettext_lazy("you may not", "share"),
}
USE = pgettext_lazy("you may not", "use")

# How far a right reaches that does not reach the record in question.
REACHES: dict[str, StrOrPromise] = {
    "own": gettext_lazy("You may only %(do)s those of the %(what)s that are yours."),
    "team": gettext_lazy(
        "You may only %(do)s those of the %(what)s that are yours or your team's."
    ),
    "tree": gettext_lazy(
        "You may only %(do)s those of the %(what)s that are yours, your team's or of teams below it."
    ),
}

Label = Callable[[str, str], str]

# Subjects of rights that are no models, or called otherwise than theirs.
NAMES: dict[str, StrOrPromise] = {
    "crm.role": gettext_lazy("roles"),
    "crm.absence": gettext_lazy("absences of colleagues"),
    "crm.operation": gettext_lazy("jobs"),
    "crm.processing": gettext_lazy("the record of processing"),
    "crm.retention": gettext_lazy("retention"),
    "crm.undertaking": gettext_lazy("undertakings of confidentiality"),
    "crm.quality": gettext_lazy("data quality"),
    "crm.duplicate": gettext_lazy("duplicates"),
    "crm.restriction": gettext_lazy("restrictions of persons"),
    "link.message": gettext_lazy("the link of both sides"),
    "engage.consent": gettext_lazy("consents"),
    "insight.experiment": gettext_lazy("experiments"),
    **dict.fromkeys(("crm.view", "engage.view"), gettext_lazy("views for everybody")),
    **dict.fromkeys(("crm.field", "engage.field"), gettext_lazy("fields of your own")),
}
_labels: list[Label] = []


def use(label: Label) -> None:
    """Say how a field of a subject is called in the user's language."""
    _labels[:] = [label]


def named(subject: str) -> str:
    """What a subject of rights is called, in the plural; empty for one that nobody has named."""
    if subject in NAMES:
        return str(NAMES[subject])
    side, _dot, model = subject.partition(".")
    for found in apps.get_models():
        if found._meta.model_name == model and found._meta.app_label.partition("_")[0] == side:
            return str(found._meta.verbose_name_plural)
    return ""


def of_right(right: str, reach: str = "") -> tuple[str, str, str]:
    """What, why and what to do, where a right is missing or, with a `reach`, does not go so far."""
    subject, _dot, action = right.rpartition(".")
    words = {"what": named(subject), "do": VERBS.get(action, USE)}
    hint = _("Ask your administrator for it.")
    if not words["what"]:
        return _("You may not do this."), _("None of your roles allows it."), hint
    if reach in REACHES:
        ask = _("Ask whoever owns it, or your administrator.")
        return _("You may not %(do)s this record.") % words, str(REACHES[reach]) % words, ask
    return _("You may not %(do)s %(what)s.") % words, _("None of your roles allows it."), hint


def of_field(right: str, field: str) -> tuple[str, str, str]:
    """The same where the right to a field is missing."""
    subject, _dot, action = right.rpartition(".")
    words = {
        "what": named(subject),
        "do": VERBS.get(action, USE),
        "field": _labels[0](subject, field) if _labels else field,
    }
    return (
        _("You may not %(do)s the field “%(field)s” of %(what)s.") % words,
        _("None of your roles allows it."),
        _("Ask your administrator for it."),
    )
