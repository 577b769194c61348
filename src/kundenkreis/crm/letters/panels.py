"""What the pages of letters show, and what letters add to the pages of whom they go to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.crm.letters import queries
from kundenkreis.crm.letters.content import allowed, may_open
from kundenkreis.crm.letters.models import Letter, Letterhead, LetterTemplate
from kundenkreis.crm.letters.recipients import recipient_of
from kundenkreis.crm.people.models import Organisation, Person
from kundenkreis.kernel import files
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.sides import Side
from kundenkreis.records import Button, Tag, named
from kundenkreis.records.cells import linked
from kundenkreis.ui import parts

RUNS = ("letters", "labels")
FINISHED = Letter.State.FINISHED


def state_tag(letter: Letter) -> SafeString:
    return parts.tag(letter.get_state_display(), "green" if letter.state == FINISHED else "amber")


def state_text(letter: Letter) -> str:
    return str(letter.get_state_display())


def recipient_link(letter: Letter) -> SafeString | str:
    found = letter.person or letter.organisation
    return linked(found) if found else ""


def recipient_text(letter: Letter) -> str:
    return str(letter.person or letter.organisation or "")


def letter_tags(letter: Letter) -> Iterable[Tag]:
    yield Tag(letter.get_state_display(), "green" if letter.state == FINISHED else "amber")


def letter_buttons(viewer: Viewer, letter: Letter) -> Iterable[Button]:
    kind = named("letter")
    if letter.is_draft and kind.reaches(viewer, "change", letter):
        edit = kind.url(letter.pk, "edit")
        yield Button(gettext_lazy("Write on"), edit, "pencil")
        url = reverse("letter-finish", args=[letter.pk])
        yield Button(gettext_lazy("Finish letter"), url, "check", primary=True, post=True)
    if kind.may(viewer, "create"):
        url = f"{kind.url('new')}?again={letter.pk}"
        yield Button(gettext_lazy("Write again"), url, "copy", menu=True)


def letter_panel(viewer: Viewer, letter: Letter) -> Mapping[str, Any]:
    """The letter as it will look, whether it may go out, and its files."""
    if not may_open(viewer):
        return {"withheld": True}
    content = queries.shown(letter)
    current = letter.printed == letter.version
    to = recipient_of(letter) if letter.is_draft else None
    return {
        "content": content,
        "refused": to.refused if to else "",
        "advice": to.next_step if to else "",
        "missing": missing_words(letter.letterhead) if letter.is_draft else [],
        "files": [
            (form.upper(), reverse("letter-file", args=[letter.pk, form]))
            for form in ("pdf", "docx")
            if current and files.there(Side.CRM, getattr(letter, form))
        ],
        "busy": not current and queries.is_being_printed(letter),
        "print_url": reverse("letter-print", args=[letter.pk]),
        "may_print": named("letter").reaches(viewer, "read", letter),
    }


def missing_words(head: Letterhead) -> list[str]:
    """What the law asks of such letters and the paper does not say, in words."""
    fields = {one.name: one for one in head._meta.concrete_fields}
    return [str(fields[name].verbose_name) for name in head.missing]


def letterhead_panel(viewer: Viewer, head: Letterhead) -> Mapping[str, Any]:
    """The logo, and what is missing on the paper."""
    return {
        "missing": missing_words(head),
        "has_logo": files.there(Side.CRM, head.logo),
        "logo_url": reverse("letterhead-logo", args=[head.pk]),
        "may_write": named("letterhead").reaches(viewer, "change", head),
    }


def template_panel(viewer: Viewer, template: LetterTemplate) -> Mapping[str, Any]:
    """The placeholders there are."""
    return {"names": sorted(allowed(viewer))}


def template_tags(template: LetterTemplate) -> Iterable[Tag]:
    yield Tag(template.get_sharing_display())


def write_button(viewer: Viewer, record: Person | Organisation) -> Iterable[Button]:
    """A letter to whom the page is about; at work when they have no address of their own."""
    kind = named("letter")
    if not kind.may(viewer, "create"):
        return
    asked = f"{kind.url('new')}?{record._meta.model_name}={record.pk}"
    if isinstance(record, Person) and not any(one.kind == "postal" for one in record.details):
        job = next(iter(record.employments), None)
        asked += f"&organisation={job.organisation_id}" if job else ""
    yield Button(_("Letter"), asked, "mail-open", key="b")


def print_many(slug: str) -> Callable[[Viewer], Iterable[Button]]:
    """Letters and labels for chosen records of a list."""

    def offer(viewer: Viewer) -> Iterable[Button]:
        if named("letter").may(viewer, "create"):
            letters, labels = (reverse("print-many", args=[slug, what]) for what in RUNS)
            yield Button(_("Mail merge"), letters, "mails")
            yield Button(_("Labels"), labels, "sticky-note")

    return offer
