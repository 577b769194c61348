"""Why every column about sales is kept."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

_OPEN = "one that is open"
_CHANCE = Use("preparing a sale", "6(1)(b)", "3y", "person", since="changed_at", but=_OPEN)
_PLAN = Use("planning of work by staff", "6(1)(f)", "3y", "person", since="changed_at", but=_OPEN)
# German commercial and tax law, § 257 HGB, § 147 AO: ten years from the end of the year.
_DUTY = "carrying out the order; duty to keep business records"
_LAW = "§ 257 HGB, § 147 AO"
_RECORD = Use(_DUTY, "6(1)(c)", "11y", "person", since="changed_at", archive=_LAW)
_SCORE = Use("knowing how a customer buys beside others", "6(1)(f)", "record", "person")
_LINE = Use(_DUTY, "6(1)(c)", "record", "order__person", archive=_LAW)

PRIVACY: Map = {
    "Pipeline": {**RECORD, **dict.fromkeys(("slug", "label", "position"), TECHNICAL)},
    "Stage": {
        **RECORD,
        **dict.fromkeys(
            ("pipeline", "slug", "label", "kind", "probability", "position"), TECHNICAL
        ),
    },
    "Product": {
        **RECORD,
        **dict.fromkeys(("source", "sku", "name", "series", "price", "currency"), TECHNICAL),
    },
    "Competitor": {
        **RECORD,
        **dict.fromkeys(("name", "website", "strengths", "weaknesses"), TECHNICAL),
    },
    "Opportunity": {
        **RECORD,
        **dict.fromkeys(
            ("title", "organisation", "person", "product", "competitor", "stage", "stage_since"),
            _CHANCE,
        ),
        **dict.fromkeys(
            ("value_minor", "currency", "opened_on", "expected_on", "closed_on"), _CHANCE
        ),
        **dict.fromkeys(("source", "lost_reason", "external_id"), _CHANCE),
        **dict.fromkeys(("next_step", "next_step_on", "tags"), _PLAN),
    },
    "Order": {
        **RECORD,
        **dict.fromkeys(
            ("number", "source", "kind", "state", "person", "organisation", "placed_at"), _RECORD
        ),
        **dict.fromkeys(("cancelled_at", "country", "voucher"), _RECORD),
        **dict.fromkeys(("net_minor", "tax_minor", "gross_minor", "currency"), _RECORD),
    },
    "CustomerScore": {
        "id": TECHNICAL,
        **dict.fromkeys(("person", "organisation", "recency", "frequency", "monetary"), _SCORE),
        **dict.fromkeys(("last_at", "orders", "net_minor"), _SCORE),
    },
    "ScoreNight": dict.fromkeys(("id", "of", "at", "customers"), TECHNICAL),
    "OrderLine": {
        "id": TECHNICAL,
        **dict.fromkeys(
            ("order", "position", "product", "sku", "name", "quantity", "unit_price"), _LINE
        ),
        **dict.fromkeys(("tax_rate", "net_minor"), _LINE),
    },
}
