"""Why every column about letters is kept."""

from __future__ import annotations

from kundenkreis.kernel.privacy import RECORD, TECHNICAL, Map, Use

_PAPER = Use("what a business letter must say of its sender", "6(1)(c)")
# A business letter is kept for six years (HGB § 257, AO § 147), counted from the end of its year.
_LETTER = Use(
    "business letters that must be kept", "6(1)(c)", "7y", "person", since="changed_at",
    archive="§ 257 HGB, § 147 AO",
)  # fmt: skip

_PRINT = Use("printing for many at once", "6(1)(f)", "30d", "user_id", since="changed_at")
_SKIPPED = Use("telling who got no letter, and why", "6(1)(f)", "record", "row")

PRIVACY: Map = {
    "Letterhead": {
        **RECORD,
        **dict.fromkeys(("name", "addition", "street", "postal_code", "town", "country"), _PAPER),
        **dict.fromkeys(("phone", "email", "website", "legal_form", "seat"), _PAPER),
        **dict.fromkeys(("register_court", "register_number", "managers", "chair"), _PAPER),
        **dict.fromkeys(("vat_id", "tax_number", "bank", "iban", "bic"), _PAPER),
        **dict.fromkeys(("logo", "logo_kind"), _PAPER),
    },
    "LetterTemplate": {
        **RECORD,
        **dict.fromkeys(("name", "subject", "body", "sharing", "is_notice"), TECHNICAL),
    },
    "Letter": {
        **RECORD,
        **dict.fromkeys(("person", "organisation", "letterhead", "purpose"), _LETTER),
        **dict.fromkeys(("subject", "body", "state", "finished_at", "sender_id"), _LETTER),
        **dict.fromkeys(("content", "pdf", "docx", "printed", "run"), _LETTER),
    },
    "PrintRun": {
        **dict.fromkeys(("id", "kind", "what", "state", "position", "total", "batch"), TECHNICAL),
        **dict.fromkeys(("created_at", "changed_at"), TECHNICAL),
        **dict.fromkeys(("user_id", "asked", "found", "counts", "problem"), _PRINT),
        **dict.fromkeys(("title", "pdf", "docx"), _PRINT),
    },
    "Skipped": dict.fromkeys(("id", "run", "row", "name", "reason"), _SKIPPED),
}
