"""Issues of data quality in the filters of persons and organisations."""

from __future__ import annotations

from kundenkreis.crm.people.quality.conditions import vocabulary_of
from kundenkreis.crm.people.quality.issues import MODELS
from kundenkreis.records import extend

for model in MODELS:
    extend(str(model._meta.model_name), vocabulary=vocabulary_of(model))
