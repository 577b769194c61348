"""The questions of the check-list; `plan` says what follows from each answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kundenkreis.crm.accounts.company_queries import ALONE, CONSUMERS, PARTS
from kundenkreis.crm.accounts.models import Company, User

PART_LABELS = {
    "sales": _("Opportunities and their pipelines"),
    "shop": _("An online shop that reports orders"),
    "marketing": _("Segments, campaigns and experiments"),
    "letters": _("Letters and mail merges"),
}


class Questions(forms.Form):
    """Few questions; every one may be answered otherwise later."""

    name = forms.CharField(
        label=_("What is your company called?"),
        max_length=80,
        required=False,
        help_text=_("Stands above the menu and in the record of processing activities."),
    )
    customers = forms.ChoiceField(
        label=_("Who are your customers?"),
        choices=[
            ("both", _("Companies and consumers")),
            ("companies", _("Companies")),
            (CONSUMERS, _("Consumers")),
        ],
        widget=forms.RadioSelect,
        initial="both",
        help_text=_("Whoever has consumers only needs no list of organisations."),
    )
    sector = forms.ChoiceField(
        label=_("What is your trade?"),
        choices=[
            ("", _("another one")),
            ("industry", pgettext_lazy("a trade", "Industry")),
            ("trade", _("Wholesale and retail")),
            ("services", _("Services and consulting")),
            ("software", _("IT and software")),
            ("craft", _("Crafts")),
            ("association", _("Associations")),
        ],
        required=False,
        help_text=_("Gives your customers a field with what they may be interested in."),
    )
    parts = forms.MultipleChoiceField(
        label=_("What do you want to use?"),
        choices=list(PART_LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=list(PARTS),
        help_text=_("The pages of what you leave out are hidden. What is in them stays."),
    )
    pipelines = forms.MultipleChoiceField(
        label=_("How do you sell?"),
        choices=[
            ("sales", _("From the first contact to the order")),
            ("tenders", _("By tenders")),
            ("renewals", _("By contracts that are renewed")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=["sales"],
        help_text=_("Each becomes a board with its own stages."),
    )
    size = forms.ChoiceField(
        label=_("How many of you work with it?"),
        choices=[(ALONE, _("One")), ("few", _("Up to ten")), ("many", _("More than ten"))],
        widget=forms.RadioSelect,
        initial="few",
        help_text=_("Whoever is alone needs no teams; many get a role for the head of sales."),
    )
    bases = forms.MultipleChoiceField(
        label=_("On what do you base advertising?"),
        choices=[
            ("existing_customers", _("Existing customers, similar goods (§ 7(3) UWG)")),
            ("surveys", _("Consent to surveys")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Each becomes a purpose. There is one for the newsletter already."),
    )
    language = forms.ChoiceField(
        label=_("In which language do you work?"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        help_text=_("Holds for your own pages; everybody chooses for themselves."),
    )
    officer = forms.CharField(
        label=_("Who is your data protection officer?"),
        max_length=200,
        required=False,
        help_text=_("Name and how to reach them; stands in the record of processing activities."),
    )


APART = ("name", "officer", "language")  # not kept among the answers


def filled(company: Company, user: User) -> dict[str, Any]:
    """What was answered before, to begin with."""
    own = {"name": company.name, "officer": company.officer, "language": user.language}
    return {**company.answers, **own}
