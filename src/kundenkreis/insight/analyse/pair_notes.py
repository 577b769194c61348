"""What a reader of the found pairs should know about the file and the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundenkreis.crm.people.duplicates.fields import Kind

if TYPE_CHECKING:
    from kundenkreis.crm.people.duplicates.engine import Found
    from kundenkreis.insight.analyse.people import Reader

GUESSED = {"cp1252": "Windows-1252", "mac-roman": "Mac Roman", "cp850": "DOS 850"}
NAMES = {"first_name", "last_name", "name", "company", "place", "postcode"}


def about(
    found: Found, kind: Kind, columns: Mapping[str, str], readers: Sequence[Reader]
) -> list[str]:
    """Warnings in plain words, for the reader's language."""
    said = []
    if set(columns.values()) <= NAMES:
        said.append(
            _(
                "The columns hold names and places only: no pair is called the same, because names "
                "alone never are."
            )
        )
    said += [
        _(
            "%(file)s is not UTF-8 throughout; what is not was read as %(encoding)s. Please look at its "
            "umlauts."
        )
        % {"file": reader.table.name, "encoding": GUESSED[reader.table.guessed]}
        for reader in readers
        if reader.table.guessed
    ]
    said += [
        _("%(file)s has no column “%(column)s” and is compared without it.")
        % {"file": reader.table.name, "column": column}
        for reader in readers
        for column in columns
        if column not in reader.table.columns and columns[column] not in reader.columns.values()
    ]
    if (cut := found.same + found.review - len(found.pairs)) > 0:
        said.append(
            ngettext(
                "%(count)d more pair was found and is not listed; --limit lists more.",
                "%(count)d more pairs were found and are not listed; --limit lists more.",
                cut,
            )
            % {"count": cut}
        )
    if found.left_out:
        said.append(
            _(
                "%(count)d times a row shared a key with too many others (such as one place and one "
                "common name) and was compared by its other facts only."
            )
            % {"count": found.left_out}
        )
    if missing := sum(reader.without_truth for reader in readers):
        said.append(
            ngettext(
                "%(count)d row has no truth; pairs with it count as wrong.",
                "%(count)d rows have no truth; pairs with them count as wrong.",
                missing,
            )
            % {"count": missing}
        )
    return said
