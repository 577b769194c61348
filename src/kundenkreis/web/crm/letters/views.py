"""Writing a letter, finishing it, its files; the logo on the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kundenkreis.crm.letters import commands, jobs, printing
from kundenkreis.crm.letters.content import may_open
from kundenkreis.crm.letters.records import LETTER, LETTERHEAD
from kundenkreis.kernel import files
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.text import without_umlauts
from kundenkreis.web.crm.parts import again

if TYPE_CHECKING:
    from kundenkreis.crm.letters.models import Letter
    from kundenkreis.records.requests import StaffRequest


@require_POST
def finish_letter(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a draft the letter that goes out, and let its files be made."""
    LETTER.one(request.viewer, pk)
    try:
        letter = commands.finish_letter(actor=request.viewer, letter_id=pk)
    except DomainError as error:
        if error.status != 422:
            raise
        messages.error(request, str(error))
    else:
        jobs.begin_printing(letter)
        messages.success(request, _("The letter is finished and stands in the timeline."))
    return redirect(LETTER.url(pk))


@require_POST
def print_letter(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the files be made of a letter as it is now, also of a draft."""
    letter = _letter(request, pk)
    jobs.begin_printing(letter)
    return again(request, LETTER, letter, "letter", busy=True)


@require_GET
def letter_state(request: StaffRequest, pk: int) -> HttpResponse:
    """The letter's part of its page, while its files are being made."""
    return again(request, LETTER, _letter(request, pk), "letter")


@require_GET
def letter_file(request: StaffRequest, pk: int, form: str) -> FileResponse:
    """The PDF or the Word file; a letter whose files are not there yet leads to its page."""
    letter = _letter(request, pk)
    if form not in printing.MEDIA_TYPES:
        raise Http404
    digest = getattr(letter, form)
    if letter.printed != letter.version or not files.there(Side.CRM, digest):
        raise DomainError(
            _("This file is not there yet."),
            _("It is made when somebody asks for it on the letter's page."),
            _("Open the letter and choose “Make PDF and Word file”."),
        )
    path = files.path_of(Side.CRM, digest)
    answer = FileResponse(path.open("rb"), content_type=printing.MEDIA_TYPES[form])
    words = slugify(without_umlauts(f"{letter.subject} {letter.person or letter.organisation}"))
    answer["Content-Disposition"] = f'attachment; filename="{words[:80] or "letter"}.{form}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["POST"])
def logo(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a logo on the paper, or take it away."""
    head = LETTERHEAD.one(request.viewer, pk)
    sent = request.FILES.get("logo")
    content = sent.read(commands.MOST_LOGO + 1) if sent is not None else b""
    try:
        commands.set_logo(actor=request.viewer, letterhead_id=head.pk, content=content)
    except DomainError as error:
        if error.status != 422:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("The logo was saved.") if content else _("The logo is gone."))
    return redirect(LETTERHEAD.url(pk))


def _letter(request: StaffRequest, pk: int) -> Letter:
    letter: Letter = LETTER.one(request.viewer, pk)
    if not may_open(request.viewer):
        raise Http404
    return letter
