"""What is wrong with a formula, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kundenkreis.kernel.errors import DomainError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class FormulaError(DomainError):
    """A formula that cannot be; `at` is where in its text that shows."""

    def __init__(self, at: int, what: StrOrPromise, hint: StrOrPromise = "") -> None:
        super().__init__(what, "", hint, field="formula")
        self.at = at

    def in_text(self, text: str) -> DomainError:
        """The same with its place, for whoever typed the text."""
        near = text[self.at : self.at + 20].strip()
        words = {"n": min(self.at, len(text)) + 1, "near": near}
        where = (
            _("At sign %(n)d, near “%(near)s”.") % words
            if near
            else _("At the end of the formula.")
        )
        return DomainError(self.what, where, self.hint, field="formula")
