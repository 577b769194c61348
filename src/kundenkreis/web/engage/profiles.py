"""Profiles that turned out to be somebody else lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from kundenkreis.engage.profiles.queries import canonical_id
from kundenkreis.records.views.pages import record_page

if TYPE_CHECKING:
    from kundenkreis.records import RecordType
    from kundenkreis.records.requests import StaffRequest


@require_safe
def profile_page(request: StaffRequest, kind: RecordType, pk: int) -> HttpResponse:
    """The person's page, whichever of their profiles was asked for."""
    found = canonical_id(pk)
    return record_page(request, kind, pk) if found == pk else redirect(kind.url(found))
