"""The card of an opportunity on the board; a board shows hundreds."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundenkreis.crm.sales.models import Opportunity, Stage
from kundenkreis.crm.sales.panels import about
from kundenkreis.kernel import clock
from kundenkreis.records.cells import word
from kundenkreis.ui import formats
from kundenkreis.ui.avatars import avatar
from kundenkreis.ui.markup import joined, markup
from kundenkreis.ui.parts import icon, when

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


def card(opportunity: Opportunity, owner: str) -> SafeString:
    """Whom it is about, what it is worth, what is next, how long it has been here and whose it is."""
    today = clock.today(settings.COMPANY_ZONE)
    return joined(
        markup(
            '<li class="card" data-card="{0}" id="card-{0}" data-name="{1}" '
            'data-url="/crm/opportunities/{0}/move/" tabindex="0" aria-roledescription="{2}">',
            opportunity.pk,
            opportunity.title,
            _("card"),
        ),
        _about(opportunity),
        markup(
            '<div class="card-title"><a href="/crm/opportunities/{}/" draggable="false">{}</a></div>',
            opportunity.pk,
            opportunity.title,
        ),
        _worth(opportunity),
        _next_step(opportunity, today),
        _time(opportunity, today, owner),
        "</li>",
    )


def _about(opportunity: Opportunity) -> str:
    name = about(opportunity)
    if not name:
        return ""
    mark = avatar(name, square=True)
    return markup('<div class="card-row">{}<span class="truncate">{}</span></div>', mark, name)


def _worth(opportunity: Opportunity) -> SafeString:
    value: str = ""
    if opportunity.value_minor is not None:
        money = formats.money(opportunity.value_minor, opportunity.currency, whole=True)
        value = markup('<span class="number">{}</span>', money)
    return joined('<div class="card-row">', value, word(opportunity.source), "</div>")


def _next_step(opportunity: Opportunity, today: date) -> str:
    if not opportunity.next_step_on:
        return ""
    return markup(
        '<div class="card-row meta">{}<span class="truncate">{}</span>'
        '<span class="{}">· {}</span></div>',
        icon("calendar-check", "small"),
        opportunity.next_step or _("Next step"),
        "late" if opportunity.next_step_on < today else "",
        when(opportunity.next_step_on),
    )


def _time(opportunity: Opportunity, today: date, owner: str) -> SafeString:
    expected: str = ""
    if opportunity.expected_on:
        late = opportunity.expected_on < today and opportunity.stage.kind == Stage.Kind.OPEN
        expected = markup(
            '<span title="{}"{}>· {}</span>',
            _("Expected close"),
            markup(' class="late"') if late else "",
            formats.short_day(opportunity.expected_on),
        )
    whose: str = ""
    if owner:
        whose = markup('<span class="end" title="{}">{}</span>', owner, avatar(owner))
    return markup(
        '<div class="card-row meta">{}<span title="{}">{}</span>{}{}</div>',
        icon("clock", "small"),
        _("In this stage"),
        _days(opportunity.stage_since),
        expected,
        whose,
    )


def _days(since: datetime) -> str:
    days = (clock.now() - since).days
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else _("today")
