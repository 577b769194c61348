"""The choices of a field as rows that are named in every language and put in order by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kundenkreis.kernel.fields import LANGUAGES, translated
from kundenkreis.ui.markup import joined, markup

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

EMPTY = 3  # rows for further choices


class _Rows(forms.Widget):
    """Inputs that repeat by name; their order on the page is the order of the choices."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        def texts(part: str) -> list[str]:
            found = data.getlist(f"{name}.{part}") if hasattr(data, "getlist") else []
            return [str(text) for text in found]

        columns = [texts("value"), texts("archived"), *(texts(code) for code in LANGUAGES)]
        return [
            {
                "value": value,
                "archived": archived == "1",
                "label": dict(zip(LANGUAGES, said, strict=True)),
            }
            for value, archived, *said in zip(*columns, strict=False)
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}.value" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        known = [one for one in value or () if any(one["label"].values())]
        rows = [*known, *({"value": "", "label": {}, "archived": False} for _n in range(EMPTY))]
        return joined(
            markup(
                '<kk-order data-up="{}" data-down="{}" data-at="{}"><ol class="choices">',
                _("Move {name} up"),
                _("Move {name} down"),
                _("{name} is number {n} of {all}."),
            ),
            *(_row(name, one) for one in rows),
            "</ol></kk-order>",
        )


class ChoiceRows(forms.Field):
    """What may be chosen: `{"value": …, "label": {…}, "archived": …}`, in order."""

    widget = _Rows
    default_error_messages = {"required": gettext_lazy("Name at least one choice.")}


def _row(name: str, one: dict[str, Any]) -> SafeString:
    said = translated(one["label"]) or _("New choice")
    languages = {code: str(label) for code, label in settings.LANGUAGES if code in LANGUAGES}
    return joined(
        markup('<li class="choice row"><label class="hidden-text">{}</label>', said),
        markup('<input type="hidden" name="{}.value" value="{}">', name, one["value"]),
        *(
            markup(
                '<input name="{}.{}" value="{}" maxlength="80" placeholder="{}" aria-label="{}">',
                name,
                code,
                one["label"].get(code, ""),
                label,
                f"{said}, {label}",
            )
            for code, label in languages.items()
        ),
        markup('<select name="{}.archived" aria-label="{}">', name, said),
        markup('<option value="0">{}</option>', _("offered")),
        markup(
            '<option value="1"{}>{}</option></select></li>',
            joined(" selected") if one.get("archived") else "",
            _("no longer"),
        ),
    )
