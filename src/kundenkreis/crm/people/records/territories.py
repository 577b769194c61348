"""Territories as records, and places in the filters of persons and organisations."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from kundenkreis.crm.people.models import Organisation, Person, Territory
from kundenkreis.crm.people.places import panels
from kundenkreis.crm.people.places.conditions import vocabulary_of
from kundenkreis.crm.people.places.spots import knows_places
from kundenkreis.records import Column, Panel, RecordType, Section, extend, register
from kundenkreis.records.registry import Display

TERRITORY = register(
    RecordType(
        model=Territory,
        slug="territories",
        icon="map",
        order="name",
        columns=(
            Column("name"),
            Column("postal_codes", keep=True),
            Column("states"),
            Column("centre"),
            Column("radius"),
            Column("owner_id", keep=True),
        ),
        sections=(
            Section(
                _("Facts"),
                (
                    "name",
                    "postal_codes",
                    "states",
                    "centre",
                    "radius",
                    "outline",
                    "about",
                    "owner_id",
                    "team_id",
                ),
            ),
        ),
        search=("name", "postal_codes", "states", "centre", "about"),
        filters=("owner_id",),
        form=("name", "postal_codes", "states", "centre", "radius", "outline", "about", "owner_id"),
        square=True,
        panels=(
            Panel("customers", "people/territory_panel.html", panels.territory_panel, "centre", 20),
        ),
        about=_(
            "Areas by postal code, state, distance or drawn on the map, and who looks after them."
        ),
    )
)

models: tuple[type[Any], ...] = (Person, Organisation)
for model in models:
    extend(
        str(model._meta.model_name),
        vocabulary=vocabulary_of(model),
        panels=(Panel("near", "people/near_panel.html", panels.near_panel, "right", 70),),
        displays=(Display("map", _("Map"), "map", partial(knows_places, model=model)),),
    )
