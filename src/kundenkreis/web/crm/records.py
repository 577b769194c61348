"""What screens add to the pages of records, and what takes the place of the engine's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.protection.disclosures import RIGHT as DISCLOSE
from kundenkreis.crm.protection.models import Disclosure, Erasure
from kundenkreis.kernel.access import Viewer
from kundenkreis.records import Button, Panel, extend, named
from kundenkreis.web.crm.letters.writing import new_letter
from kundenkreis.web.crm.protection.erasing import stays, told

MOVING = (Disclosure.State.COLLECTING, Disclosure.State.MAKING)


def erased_panel(viewer: Viewer, erasure: Erasure) -> Mapping[str, Any]:
    """What went, and what had to stay."""
    return {
        "running": erasure.state == erasure.State.RUNNING,
        "url": named("erasure").url(erasure.pk),
        "sides": told(erasure.counts),
        "held": stays(erasure.held),
    }


def _pdf_of(slug: str) -> Callable[[Viewer, Any], Iterable[Button]]:
    def offer(viewer: Viewer, record: Any) -> Iterable[Button]:
        url = reverse("page-pdf", args=[slug, record.pk])
        yield Button(_("Page as PDF"), url, "file-text", post=True, menu=True)

    return offer


def disclosure_panel(viewer: Viewer, disclosure: Disclosure) -> Mapping[str, Any] | None:
    """What is to be done next with an export, for whoever may."""
    if not viewer.may(DISCLOSE):
        return None
    return {
        "state": disclosure.state,
        "moving": disclosure.state in MOVING,
        "others": disclosure.others,
        "problem": disclosure.problem,
        "expires_at": disclosure.expires_at,
        "url": named("disclosure").url(disclosure.pk),
        "again": named("person").url(disclosure.person_id, "disclose"),
    }


extend(
    "erasure",
    panels=[Panel("erased", "protection/erased_panel.html", erased_panel, "centre", 10)],
)
extend("letter", replace={"new": new_letter})
for name, slug in (("person", "persons"), ("organisation", "organisations")):
    extend(name, buttons=_pdf_of(slug))


extend(
    "disclosure",
    panels=[
        Panel("disclosure", "protection/disclosure_panel.html", disclosure_panel, "centre", 10)
    ],
)
