"""What the pages of segments show: cells, buttons and panels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kundenkreis.engage.profiles.models import Profile
from kundenkreis.engage.segments import queries
from kundenkreis.engage.segments.definitions import PEOPLE
from kundenkreis.engage.segments.models import Segment
from kundenkreis.kernel.access import Level, Viewer
from kundenkreis.kernel.conditions import ConditionError, Vocabulary
from kundenkreis.kernel.conditions.tree import SCHEMA
from kundenkreis.records import Button, Tag, named
from kundenkreis.ui import parts

State = Segment.State
TONES = {State.ACTIVE: "green"}
SHOWN = 10  # members
MOST = 200  # segments
_ASKED = tuple(f"engage.{name}.read" for name in ("profile", "segment", "event", "consententry"))


def state_tag(segment: Segment) -> SafeString:
    return parts.tag(state_text(segment), TONES.get(State(segment.state), ""))


def state_text(segment: Segment) -> str:
    return str(State(segment.state).label)


def segment_tags(segment: Segment) -> Iterable[Tag]:
    yield Tag(state_text(segment), TONES.get(State(segment.state), ""))


def segment_buttons(viewer: Viewer, segment: Segment) -> Iterable[Button]:
    kind = named("segment")
    if not kind.reaches(viewer, "change", segment):
        return
    if segment.state == State.DRAFT:
        yield Button(
            _("Activate"), kind.url(segment.pk, "activate"), icon="play", primary=True, post=True
        )
    if segment.state != State.ARCHIVED:
        yield Button(_("Archive"), kind.url(segment.pk, "archive"), icon="archive", post=True)


def definition_panel(viewer: Viewer, segment: Segment) -> Mapping[str, Any]:
    """The builder for whom may change the definition, else the definition in words."""
    mine = named("segment").reaches(viewer, "change", segment)
    may_write = mine and segment.state != State.ARCHIVED
    return {
        "words": vocabulary(viewer) if may_write else "",
        "definition": json.dumps(segment.definition),
        "seen": json.dumps(segment.definition),
        "errors": [],
        "sentence": definition_words(viewer, segment),
    }


def members_panel(viewer: Viewer, segment: Segment) -> Mapping[str, Any] | None:
    """The newest members; None for viewers who may not see profiles."""
    if not viewer.may("engage.profile.read"):
        return None
    where = {"v": SCHEMA, "where": {"type": "in_segment", "segment": segment.pk}}
    query = urlencode({"where": json.dumps(where)})
    members = queries.members(viewer, segment.pk, SHOWN)
    return {"members": members, "all_url": f"{named('profile').url()}?{query}"}


def segments_panel(viewer: Viewer, profile: Profile) -> Mapping[str, Any] | None:
    """Which segments a person is in, and which not; None without the right to see any."""
    if not viewer.may("engage.segment.read"):
        return None
    mine = queries.segment_ids_of([profile.pk])[profile.pk]
    known = list(queries.segments(viewer).exclude(state=State.ARCHIVED)[:MOST])
    return {
        "inside": [one for one in known if one.pk in mine],
        "outside": [one for one in known if one.pk not in mine],
    }


def conditions_of_people(viewer: Viewer) -> Vocabulary | None:
    """What lists of people may be narrowed by as segments are: what they did, said and allowed.

    Only for whom may know all of it: a condition tells as much as what it compares.
    """
    known = all(viewer.level(right) is Level.ALL for right in _ASKED)
    hidden = any(viewer.hidden.get(right.rpartition(".")[0]) for right in _ASKED)
    return PEOPLE if known and not hidden else None


def vocabulary(viewer: Viewer) -> str:
    """What the builder offers, as its element reads it."""
    return json.dumps(queries.builder(viewer), cls=DjangoJSONEncoder)


def definition_words(viewer: Viewer, segment: Segment) -> str:
    try:
        return queries.in_words(viewer, segment.definition)
    except ConditionError as error:  # by what a later version of the product does not know
        return str(error)
